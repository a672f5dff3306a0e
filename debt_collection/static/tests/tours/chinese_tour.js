import { registry } from "@web/core/registry";

// What is the same in every language: marks of currencies, names of formats, codes of papers and
// cases, addresses.
const SAME = new RegExp(
    [
        "[\\w.+-]+@[\\w.-]+",
        "\\b(PDF|XLSX|CSV|CNY|USD|EUR|OK|SHA-256|DSO|CEI|Odoo|ESC)\\b",
        "\\b[A-Z]{1,5}[-/]?[\\d/-]+\\b",
        "\\bAlt\\+\\w\\b",
        // Odoo's own, which its translation leaves in English.
        "\\b(View|on)$",
        "^Add Star$",
        "^Chinese, Simplified / ",
    ].join("|"),
    "g"
);

/** Texts in Latin letters that a person could see or hear in part of the page. */
function findLatin(root) {
    const texts = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.checkVisibility() && !parent.closest("script, style, .o_we_cp_code")) {
            texts.push(walker.currentNode.textContent);
        }
    }
    for (const element of root.querySelectorAll("[placeholder], [title], [aria-label]")) {
        if (element.checkVisibility()) {
            for (const name of ["placeholder", "title", "aria-label"]) {
                texts.push(element.getAttribute(name) || "");
            }
        }
    }
    for (const field of root.querySelectorAll("input:not([type=hidden]), textarea")) {
        if (field.checkVisibility()) {
            texts.push(field.value);
        }
    }
    return texts
        .map((text) => text.replace(SAME, "").trim())
        .filter((text) => /[A-Za-z]{2,}/.test(text));
}

function checkChinese() {
    const parts = document.querySelectorAll(
        ".o_menu_sections, .o_action_manager, .modal, .o_collection_portal"
    );
    const found = new Set([...parts].flatMap(findLatin));
    if (found.size) {
        throw new Error(`in another language: ${[...found].join(" | ")}`);
    }
}

const SCREEN = ".o_action_manager .o_content > *, .o_collection_portal";

registry.category("web_tour.tours").add("debt_collection_chinese_screen", {
    steps: () => [
        {
            content: "The screen has its data",
            trigger: `body:not(:has(.o_loading_indicator, .o_view_sample_data)) :is(${SCREEN})`,
        },
        { trigger: SCREEN, run: checkChinese },
    ],
});

registry.category("web_tour.tours").add("debt_collection_chinese_case", {
    steps: () => [
        { content: "My Day", trigger: ".o_collection_progress", run: checkChinese },
        {
            content: "Open the case",
            trigger: ".o_collection_progress + .o_list_renderer .o_data_row td[name=partner_id]",
            run: "click",
        },
        {
            content: "The case, page by page",
            trigger: ".o_form_view .o_notebook .nav-link",
            async run() {
                for (const link of document.querySelectorAll(".o_form_view .o_notebook .nav-link")) {
                    link.click();
                    await new Promise((resolve) => setTimeout(resolve, 150));
                    checkChinese();
                }
            },
        },
        { content: "Log a contact", trigger: ".o_form_view button[data-hotkey=l]", run: "click" },
        { trigger: ".modal .o_field_widget[name=outcome] input", run: checkChinese },
        { trigger: ".modal .o_field_widget[name=outcome] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('承诺')", run: "click" },
        { trigger: ".modal .o_field_widget[name=amount_promised] input", run: checkChinese },
        {
            trigger: ".modal .o_field_widget[name=date_promised] input, .modal .o_field_widget[name=date_promised] button",
            run: "edit +3d",
        },
        { trigger: ".modal .o_field_widget[name=feedback] textarea", run: "edit 下周付款" },
        { trigger: ".modal button[name=action_confirm_close]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "What the system wrote on the case",
            trigger: ".o_form_view .o_field_widget[name=amount_promised]",
            run: checkChinese,
        },
        { trigger: ".o_form_view button[name=action_schedule_next]", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: checkChinese },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
