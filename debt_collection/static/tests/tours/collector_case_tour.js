import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_collector_case", {
    steps: () => [
        {
            content: "The case of the customer is in the collector's list",
            trigger: ".o_data_row:contains('Tour Customer') td[name=partner_id]",
            run: "click",
        },
        {
            content: "It says what to collect",
            trigger: ".o_form_view .o_field_widget[name=amount_to_collect]:contains('250.00')",
        },
        {
            content: "Its items are listed, and open with their tier",
            trigger: ".o_form_view .o_data_row:contains('Moderate')",
        },
        {
            content: "Contacts are one click away",
            trigger: "a.nav-link[name=contacts]",
            run: "click",
        },
        {
            content: "and can be added",
            trigger: ".tab-pane.active .o_field_x2many_list_row_add a",
        },
    ],
});
