import { registry } from "@web/core/registry";

const LIST = ".o_collection_progress + .o_list_renderer";
const ROW = `${LIST} .o_data_row:contains('Tour Customer')`;

/**
 * A usual task from My Day. Fails if it takes more than four clicks; what is typed is no click.
 */
function addTask(name, steps) {
    const clicks = steps.filter((step) => step.run === "click").length;
    if (clicks > 4) {
        throw new Error(`${name} takes ${clicks} clicks from My Day`);
    }
    registry.category("web_tour.tours").add(name, { steps: () => steps });
}

const openMore = { content: "The other actions", trigger: ".o_form_view .o_collection_more_toggle", run: "click" };
// The server saves, seals and plans what comes next: on a busy machine that takes its time.
const confirmed = { content: "The form is closed", trigger: "body:not(:has(.modal))", timeout: 30000 };
const openCase = {
    content: "Open the case",
    trigger: `${ROW} td[name=partner_id]`,
    run: "click",
};

addTask("debt_collection_day_log_call", [
    { content: "The figures of the day", trigger: ".o_collection_progress button[name=today]:contains('250')" },
    { content: "Log a call", trigger: `${ROW} button:has(.fa-phone)`, run: "click" },
    { content: "What came of it", trigger: ".modal .o_field_widget[name=outcome] input", run: "click" },
    { trigger: ".o_select_menu_item:contains('No Answer')", run: "click" },
    { content: "It is chosen", trigger: ".modal .o_field_widget[name=outcome] input:value('No Answer')" },
    { content: "Confirm", trigger: ".modal button[name=action_confirm_close]", run: "click" },
    confirmed,
    {
        content: "The case is done for today, the figures know it",
        trigger: ".o_collection_progress button[name=today]:contains('0 cases')",
    },
]);

addTask("debt_collection_day_promise", [
    { content: "Log a call", trigger: `${ROW} button:has(.fa-phone)`, run: "click" },
    { content: "What came of it", trigger: ".modal .o_field_widget[name=outcome] input", run: "click" },
    { trigger: ".o_select_menu_item:contains('Promised to Pay')", run: "click" },
    { content: "It is chosen", trigger: ".modal .o_field_widget[name=outcome] input:value('Promised to Pay')" },
    {
        content: "The amount is all that is to collect",
        trigger: ".modal .o_field_widget[name=amount_promised] input:value('250.00')",
    },
    { content: "The day", trigger: ".modal .o_field_widget[name=date_promised] input, .modal .o_field_widget[name=date_promised] button", run: "edit +3d" },
    { content: "Confirm", trigger: ".modal button[name=action_confirm_close]", run: "click" },
    confirmed,
]);

addTask("debt_collection_day_dispute", [
    openCase,
    openMore,
    { content: "Record a dispute", trigger: ".o-dropdown--menu button[name=action_dispute]", run: "click" },
    { content: "All that is overdue is proposed", trigger: ".modal .o_field_widget[name=amount] input:value('250.00')" },
    { content: "What is contested", trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit Two drums are damaged" },
    { content: "Save", trigger: ".modal footer button:contains('Save')", run: "click" },
    confirmed,
    { content: "Nothing is to collect", trigger: ".o_form_view .o_field_widget[name=amount_disputed]:contains('250.00')" },
]);

addTask("debt_collection_day_plan", [
    openCase,
    openMore,
    { content: "Propose a plan", trigger: ".o-dropdown--menu button[name=action_propose_plan]", run: "click" },
    { content: "In five instalments", trigger: ".modal .o_field_widget[name=count] input", run: "edit 5" },
    { content: "Propose it", trigger: ".modal button[name=action_propose]", run: "click" },
    confirmed,
]);

addTask("debt_collection_day_statement", [
    openCase,
    { content: "The statement", trigger: ".o_form_view button.oe_stat_button:contains('Statement')", run: "click" },
    { content: "Print", trigger: ".modal button[name=action_print]", run: "click" },
    confirmed,
]);

registry.category("web_tour.tours").add("debt_collection_day_next", {
    steps: () => [
        openCase,
        { content: "Log a contact by its key", trigger: ".o_form_view button[data-hotkey=l]", run: "press alt+l" },
        { content: "What came of it", trigger: ".modal .o_field_widget[name=outcome] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('No Answer')", run: "click" },
        { content: "It is chosen", trigger: ".modal .o_field_widget[name=outcome] input:value('No Answer')" },
        { content: "Confirm and go on", trigger: ".modal button[name=action_confirm_next]", run: "click" },
        confirmed,
        { content: "The next case is open", trigger: ".o_form_view .o_field_widget[name=partner_id]:contains('Second Customer')" },
        { content: "The list is one step back", trigger: ".breadcrumb a:contains('My Day')", run: "click" },
        { content: "Show what a figure counts", trigger: ".o_collection_progress button[name=promises]", run: "click" },
        { trigger: ".o_searchview .o_facet_value:contains('Promise Due')" },
    ],
});

registry.category("web_tour.tours").add("debt_collection_day_kanban", {
    steps: () => [
        { content: "As cards", trigger: "button.o_kanban", run: "click" },
        {
            content: "Log a call on the card",
            trigger: ".o_kanban_record:contains('Tour Customer') button:contains('Log Call')",
            run: "click",
        },
        {
            content: "It is the call of this case",
            trigger: ".modal .o_field_widget[name=case_id]:contains('Tour Customer')",
        },
        { trigger: ".modal button:contains('Discard')", run: "click" },
        confirmed,
        {
            content: "Postpone on the card",
            trigger: ".o_kanban_record:contains('Tour Customer') button:contains('Next')",
            run: "click",
        },
        { content: "Plan a call for tomorrow", trigger: ".modal button[name=action_apply]", run: "click" },
        confirmed,
    ],
});

registry.category("web_tour.tours").add("debt_collection_team_day", {
    steps: () => [
        { content: "Whom nobody looks after", trigger: ".o_collection_progress button[name=unassigned]:contains('1')", run: "click" },
        { trigger: ".o_searchview .o_facet_value:contains('Unassigned')" },
        { content: "Choose all", trigger: ".o_list_view:has(.o_data_row:contains('Tour Customer')) thead .o_list_record_selector input", run: "click" },
        { content: "Assign", trigger: ".o_list_view button[name=action_assign]", run: "click" },
        { trigger: ".modal .o_field_widget[name=user_id] input", run: "edit day_tour" },
        { trigger: ".o-autocomplete--dropdown-item a:contains('day_tour'):not(:contains('manager'))", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        confirmed,
        { content: "The figures know it", trigger: ".o_collection_progress button[name=unassigned]:contains('0')" },
    ],
});

/** The whole screen fits: nothing is cut off or scrolls sideways. */
function checkPhone() {
    const { clientWidth, scrollWidth } = document.querySelector(".o_content");
    if (scrollWidth > clientWidth) {
        const wide = [...document.querySelectorAll(".o_content *")].filter(
            (element) =>
                element.getBoundingClientRect().right > clientWidth + 1 &&
                !element.closest(".o_notebook_headers ul, .o_list_renderer *")
        );
        const names = wide.map(
            (element) => `${element.closest("[name]")?.getAttribute("name")}: ${element.className}`
        );
        throw new Error(`${scrollWidth} wide on a screen of ${clientWidth}: ${names.join(", ")}`);
    }
}

registry.category("web_tour.tours").add("debt_collection_day_phone", {
    steps: () => [
        {
            content: "Cards on the phone",
            trigger: ".o_kanban_record:contains('Tour Customer')",
            run: checkPhone,
        },
        {
            content: "Log a call on the card",
            trigger: ".o_kanban_record:contains('Tour Customer') button:contains('Log Call')",
            run: "click",
        },
        { content: "What came of it", trigger: ".modal .o_field_widget[name=outcome] select, .modal .o_field_widget[name=outcome] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('No Answer')" },
        {
            content: "On a phone the choices lie over the dialog, which tours do not know",
            trigger: ".modal",
            run() {
                const items = [...document.querySelectorAll(".o_select_menu_item")];
                items.find((item) => item.textContent.includes("No Answer")).click();
            },
        },
        { trigger: ".modal .o_field_widget[name=feedback] textarea", run: "edit Nobody there" },
        { content: "Confirm", trigger: ".modal button[name=action_confirm_close]", run: "click" },
        confirmed,
        { content: "Done for today", trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('Tour Customer')))" },
    ],
});
