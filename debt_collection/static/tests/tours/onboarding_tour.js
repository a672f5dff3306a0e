import { registry } from "@web/core/registry";

const PANEL = ".o_collection_onboarding";

registry.category("web_tour.tours").add("debt_collection_onboarding", {
    steps: () => [
        {
            content: "What is done is ticked, what is not says why",
            trigger: `${PANEL} button[name=tiers]:has(.fa-check-circle):contains('61+')`,
        },
        {
            trigger: `${PANEL} button[name=collectors]:has(.fa-circle-o):contains('Nobody gets new cases yet')`,
            run: "click",
        },
        {
            content: "The policy names who gets them",
            trigger: ".o_form_view .o_field_widget[name=user_id] input",
        },
        { content: "Back", trigger: ".o_breadcrumb a, .breadcrumb a", run: "click" },
        { trigger: `${PANEL} button[name=calendar]`, run: "click" },
        { trigger: ".o_list_view button.o_list_button_add" },
        { content: "Back", trigger: ".o_breadcrumb a, .breadcrumb a", run: "click" },
        { trigger: `${PANEL} button[name=accounts]`, run: "click" },
        {
            content: "Who may not choose accounts is told who may",
            trigger: ".o_notification:contains('An accountant chooses them')",
        },
        { trigger: `${PANEL} button[name=dismiss]`, run: "click" },
        { trigger: `body:not(:has(${PANEL}))` },
    ],
});
