import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const ROW = ".o_collection_progress + .o_list_renderer .o_data_row";

/** A collector's first case, from the worklist through a call to the next action. */
registry.category("web_tour.tours").add("debt_collection_first_case", {
    url: "/odoo/my-day",
    steps: () => [
        {
            trigger: `${ROW}:first td[name=partner_id]`,
            content: _t("The customer who matters most today comes first. Open the case."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view button[data-hotkey=l]",
            content: _t("Everything about the debt is on this page. Call the customer, then log it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] input",
            content: _t("What came of the call? The guide on the right helps you to find words."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:first",
            content: _t("Choose what fits best."),
            tooltipPosition: "right",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=outcome]:has(input:not(:value('')))" },
        {
            trigger: ".modal .o_field_widget[name=feedback] textarea",
            content: _t("Write down what the customer said, in plain words."),
            tooltipPosition: "top",
            run: "edit …",
        },
        {
            trigger: ".modal button[name=action_confirm_close]",
            content: _t("Confirm: from now on the contact stays as it is."),
            tooltipPosition: "top",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_form_view button[name=action_schedule_next]",
            content: _t("Never leave a case without a next action."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]",
            content: _t("The next working day is proposed; take it or choose another one."),
            tooltipPosition: "top",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_breadcrumb a, .breadcrumb a",
            content: _t("Back to your day: this customer is done, the next one waits."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_collection_progress" },
    ],
});
