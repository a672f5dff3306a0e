import { registry } from "@web/core/registry";

const CASE = ".o_desk_case:has(h2:contains('Desk Customer'))";
const TOAST = ".o_notification:contains('Desk Customer')";

/** The clicks that a journey from the open desk may take; what is typed is no click. */
const BOUNDS = {
    promise: 3,
    no_answer: 1,
    dispute: 3,
    plan: 3,
    statement: 2,
    letter: 3,
    visit: 4,
    correct: 2,
    week: 1,
};

function addJourney(name, steps) {
    const clicks = steps.filter((step) => step.run === "click").length;
    if (clicks > (BOUNDS[name] ?? 99)) {
        throw new Error(`${name} takes ${clicks} clicks from the desk`);
    }
    registry.category("web_tour.tours").add(`debt_collection_desk_${name}`, { steps: () => steps });
}

const opened = { content: "The first case is open", trigger: CASE };
const tickFirst = {
    content: "Tick the older invoice",
    trigger: `${CASE} .o_desk_invoices tbody tr:contains('250.00') input`,
    run: "click",
};
const onScreen = {
    content: "Nothing of the next action lies below the screen",
    trigger: `${CASE} .o_desk_call_bar`,
    run() {
        const { bottom } = document.querySelector(".o_desk_call_bar").getBoundingClientRect();
        if (bottom > window.innerHeight + 1) {
            throw new Error(`The call bar ends at ${bottom} of ${window.innerHeight} pixels`);
        }
        const { height } = document.querySelector(".o_desk_customer").getBoundingClientRect();
        if (height > 135) {
            throw new Error(`The customer takes ${height} pixels`);
        }
    },
};

addJourney("open", [opened, onScreen]);

addJourney("no_answer", [
    opened,
    { content: "Nobody answers", trigger: ".o_desk_call_bar button[name=no_answer]", run: "click" },
    { content: "Said with the day of the next try", trigger: `${TOAST}:contains('Next try')`, timeout: 30000 },
    { content: "The next case is open", trigger: ".o_desk_case h2:contains('Second Customer')" },
    { content: "One of two is done", trigger: ".o_desk_done_toggle:contains('Done (1 of 2)')" },
]);

addJourney("promise", [
    opened,
    tickFirst,
    { content: "A promise", trigger: ".o_desk_call_bar button[name=promise]", run: "click" },
    { content: "Of what is ticked", trigger: ".o_desk_panel b[name=amount]:contains('250.00')" },
    { content: "By tomorrow", trigger: ".o_desk_panel button[name=tomorrow]", run: "click" },
    { content: "Said", trigger: `${TOAST}:contains('promised')`, timeout: 30000 },
    { content: "Shown on the customer", trigger: `${CASE} .o_desk_customer .badge:contains('250.00')` },
]);

addJourney("part", [
    opened,
    { trigger: ".o_desk_call_bar button[name=promise]", run: "click" },
    { content: "No number", trigger: ".o_desk_panel input[name=promised]", run: "edit a hundred" },
    { trigger: ".o_desk_panel button[name=tomorrow]", run: "click" },
    { content: "Said so", trigger: ".o_notification:contains('a hundred')" },
    { content: "More than is owed", trigger: ".o_desk_panel input[name=promised]", run: "edit 3500" },
    { trigger: ".o_desk_panel button[name=tomorrow]", run: "click" },
    {
        content: "Said what is owed",
        trigger: ".modal:contains('350.00'):contains('3,500.00') .modal-footer button",
        run: "click",
        timeout: 30000,
    },
    { content: "A part", trigger: ".o_desk_panel input[name=promised]", run: "edit 120.5" },
    { trigger: ".o_desk_panel button[name=tomorrow]", run: "click" },
    { content: "Said", trigger: `${TOAST}:contains('120.50')`, timeout: 30000 },
]);

addJourney("undo", [
    opened,
    { trigger: ".o_desk_call_bar button[name=promise]", run: "click" },
    { trigger: ".o_desk_panel button[name=tomorrow]", run: "click" },
    { content: "Take it back", trigger: `${TOAST} button:contains('Undo')`, run: "click", timeout: 30000 },
    { content: "Said", trigger: ".o_notification:contains('Undone')", timeout: 30000 },
    { content: "On the list again", trigger: ".o_desk_worklist ul[name=waiting] button:contains('Desk Customer')" },
]);

addJourney("dispute", [
    opened,
    tickFirst,
    { trigger: ".o_desk_call_bar button[name=dispute]", run: "click" },
    { content: "The reason", trigger: ".o_desk_panel[name=dispute] .btn-primary:first", run: "click" },
    { content: "Said", trigger: ".o_notification:contains('Disputed')", timeout: 30000 },
    { content: "Seen on the invoice", trigger: `${CASE} tr:contains('250.00') .badge:contains('Disputed')` },
]);

addJourney("plan", [
    opened,
    { trigger: ".o_desk_invoices button[name=plan]", run: "click" },
    { trigger: ".o_desk_panel button[data-count='3']", run: "click" },
    { content: "Said", trigger: ".o_notification:contains('3 instalments')", timeout: 30000 },
]);

addJourney("statement", [
    opened,
    { trigger: ".o_desk_call_bar button[name=statement]", run: "click" },
    { content: "It is seen first", trigger: ".o_desk_preview:contains('350.00')", timeout: 30000 },
    { trigger: ".o_desk_panel button[name=send]", run: "click" },
    { content: "Said", trigger: `${TOAST}:contains('on its way')`, timeout: 30000 },
]);

addJourney("letter", [
    opened,
    { trigger: ".o_desk_call_bar button[name=letter]", run: "click" },
    { content: "It is seen first", trigger: ".o_desk_preview:contains('350.00')", timeout: 30000 },
    { trigger: ".o_desk_panel button[name=send]", run: "click" },
    { content: "Said", trigger: TOAST, timeout: 30000 },
]);

addJourney("visit", [
    opened,
    { trigger: ".o_desk_call_bar button[name=visit]", run: "click" },
    { trigger: ".o_desk_panel #o_desk_notes", run: "edit Spoke with the owner" },
    { trigger: ".o_desk_panel button[name=reached]", run: "click" },
    { content: "Said", trigger: TOAST, timeout: 30000 },
]);

addJourney("correct", [
    opened,
    { trigger: ".o_desk_entry button[name=correct]", run: "click" },
    { trigger: ".o_desk_entry textarea", run: "edit Spoke with the owner" },
    { trigger: ".o_desk_entry button[name=save_correction]", run: "click" },
    { content: "The old one is struck through", trigger: ".o_desk_entry.o_desk_corrected", timeout: 30000 },
]);

addJourney("week", [
    { content: "One promise", trigger: "button[name=week]:contains('1')", run: "click" },
    { trigger: ".o_list_view .o_data_row:contains('350.00')" },
]);

addJourney("keys", [
    opened,
    { content: "Nobody answers", trigger: CASE, run: "press 1" },
    { content: "The next case", trigger: ".o_desk_case h2:contains('Second Customer')", timeout: 30000 },
    { content: "Refused", trigger: ".o_desk:not([aria-busy=true])", run: "press 5" },
    { content: "Save", trigger: ".o_desk_panel button[name=save]", run: "click" },
    { content: "All is done", trigger: ".o_desk_done_toggle:contains('Done (2 of 2)')", timeout: 30000 },
]);

addJourney("address", [
    { content: "The case of the address", trigger: ".o_desk_case h2:contains('Second Customer')" },
    { content: "J and K move", trigger: ".o_desk", run: "press k" },
    {
        content: "The address follows",
        trigger: CASE,
        async run() {
            await new Promise((resolve) => setTimeout(resolve, 500));
            if (!/\/desk\/\d+$/.test(window.location.pathname)) {
                throw new Error(window.location.pathname);
            }
        },
    },
]);

addJourney("phone", [
    { content: "Cards with a number to call", trigger: ".o_desk_worklist a.o_desk_row_call[href^='tel:']" },
    {
        content: "Nothing is cut off",
        trigger: ".o_desk_row:contains('Desk Customer')",
        run() {
            const { clientWidth, scrollWidth } = document.querySelector(".o_content");
            if (scrollWidth > clientWidth) {
                throw new Error(`${scrollWidth} wide on a screen of ${clientWidth}`);
            }
        },
    },
    { trigger: ".o_desk_row:contains('Desk Customer')", run: "click" },
    { trigger: ".o_desk_call_bar button[name=no_answer]", run: "click" },
    { content: "Said", trigger: TOAST, timeout: 30000 },
]);
