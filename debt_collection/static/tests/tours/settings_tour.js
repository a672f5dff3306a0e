import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_settings", {
    steps: () => [
        {
            content: "The settings of Collections are open",
            trigger: ".app_settings_block[data-key=debt_collection] div[name=collection_day] input",
            run: "edit 12",
        },
        {
            content: "Leave the field",
            trigger: ".app_settings_block[data-key=debt_collection] h2",
            run: "click",
        },
        { content: "The change is noticed", trigger: ".o_dirty_warning" },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        { content: "Nothing is left to save", trigger: "body:not(:has(.o_dirty_warning))" },
    ],
});
