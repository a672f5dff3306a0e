import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_log_contact", {
    steps: () => [
        {
            content: "Open the case",
            trigger: ".o_data_row:contains('Tour Customer') td[name=partner_id]",
            run: "click",
        },
        {
            content: "Log a contact",
            trigger: ".o_form_view button:contains('Log Activity')",
            run: "click",
        },
        {
            content: "The call guide is beside the form",
            trigger: ".modal .o_field_widget[name=guide_body]:contains('Say who you are')",
        },
        {
            content: "Choose what came of it",
            trigger: ".modal .o_field_widget[name=outcome] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('No Answer')",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm_close]",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "The contact is in the log of the case",
            trigger: "a.nav-link[name=contacts]",
            run: "click",
        },
        { trigger: ".tab-pane.active .o_data_row:contains('No Answer'):contains('Confirmed')" },
    ],
});
