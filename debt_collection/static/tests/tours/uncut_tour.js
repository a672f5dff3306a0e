import { registry } from "@web/core/registry";

/** Text that people read whole: amounts, headings of tiles, buttons; names may end in "…". */
const READ_WHOLE = [
    ".o_data_cell.o_list_number",
    ".o_list_footer td.o_list_number",
    ".o_group_header td.o_list_number",
    ".o_field_monetary",
    ".o_animated_number",
    ".o_collection_card span",
    ".o_collection_tier span",
    ".o_collection_dashboard td.text-end",
    ".o_desk_row .text-nowrap",
    ".o_desk_customer_owes *",
    ".o_desk_invoices td.text-nowrap",
    ".o_stat_value",
].join(",");
const DIGITS = /\d{3}/;
const LARGE = /\d,\d{3},\d{3}|\d[\d.]*\s?[MB]|[万亿]/;

function isCut(element) {
    // What is scrolled sideways, or ends before its text does.
    if (!element.offsetParent || !DIGITS.test(element.textContent)) {
        return false;
    }
    return element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 &&
        getComputedStyle(element).display !== "inline";
}

function isOutside(element) {
    const { right, left, width } = element.getBoundingClientRect();
    const scroller = element.closest(".o_list_renderer, .o_kanban_renderer, .table-responsive");
    return width > 0 && !scroller && DIGITS.test(element.textContent) &&
        (right > window.innerWidth + 1 || left < -1);
}

registry.category("web_tour.tours").add("debt_collection_uncut", {
    steps: () => [
        {
            content: "The screen is there",
            trigger:
                ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record, " +
                ".o_collection_dashboard, .o_desk_case, .o_desk_row, .o_form_sheet",
            timeout: 30000,
        },
        {
            content: "No amount is cut",
            trigger: "body",
            async run() {
                await new Promise((resolve) => setTimeout(resolve, 1500));
                const cut = [...document.querySelectorAll(READ_WHOLE)].filter(
                    (element) => isCut(element) || isOutside(element)
                );
                if (cut.length) {
                    throw new Error("Cut: " + cut.slice(0, 5).map((element) =>
                        `“${element.textContent.trim()}” of ${element.className} has ` +
                        `${element.clientWidth} of ${element.scrollWidth}`
                    ).join("; "));
                }
                if (!LARGE.test(document.body.textContent)) {
                    throw new Error("No large amount is on the screen");
                }
            },
        },
    ],
});
