import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_finance_signs", {
    steps: () => [
        {
            content: "Open the draft",
            trigger: ".o_data_row td[name=name]",
            run: "click",
        },
        {
            content: "The items are listed",
            trigger: ".o_form_view .o_data_row td[name=partner_name]:contains('Tour Customer')",
        },
        {
            content: "Sign it off",
            trigger: ".o_form_view button[name=action_sign]",
            run: "click",
        },
        {
            content: "Be sure",
            trigger: ".modal .modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "It is signed, and says by whom",
            trigger: ".o_form_view .o_field_widget[name=signed_by]:contains('tour_finance')",
        },
        { trigger: ".o_form_view:not(:has(button[name=action_sign]))" },
    ],
});
