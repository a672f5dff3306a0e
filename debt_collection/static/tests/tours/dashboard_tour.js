import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_dashboard", {
    steps: () => [
        {
            content: "Severe debts of both invoices",
            trigger: ".o_collection_dashboard button[name=severe]:contains('1,200'):contains('2 items')",
        },
        { trigger: ".o_collection_collectors td:contains('dash_collector')" },
        ...["due", "collected", "target", "no_action", "months", "trend"].flatMap((name) => [
            {
                content: `See what is behind ${name}`,
                trigger: `.o_collection_dashboard button[name=${name}]`,
                run: "click",
            },
            { trigger: ".o_list_view" },
            { content: "Back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        ]),
        {
            content: "See what a collector brought in",
            trigger: ".o_collection_collectors button[name=collected_amount]",
            run: "click",
        },
        { trigger: ".o_list_view" },
        { content: "Back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "Shares of the number of items",
            trigger: ".o_collection_roll button[name=of_count]",
            run: "click",
        },
        {
            content: "See which items moved",
            trigger: ".o_collection_roll td button",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row" },
        { content: "Back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        { content: "See what is behind it", trigger: "button[name=severe]", run: "click" },
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        { content: "Back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "Open the largest debtor",
            trigger: ".o_collection_debtors tbody tr:first-child button",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=partner_id]" },
    ],
});

registry.category("web_tour.tours").add("debt_collection_dashboard_own", {
    steps: () => [
        { trigger: ".o_collection_dashboard button[name=mild]:contains('100')" },
        { trigger: ".o_collection_dashboard button[name=severe]:contains('0 items')" },
        { trigger: "body:not(:has(.o_collection_collectors))" },
        { trigger: "button[name=moderate]", run: "click" },
        { trigger: ".o_list_view .o_data_row" },
    ],
});
