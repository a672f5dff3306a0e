import { registry } from "@web/core/registry";

/** Open menus one after the other, and wait until each screen shows its title. */
function visit(screens) {
    return screens.flatMap(([menu, title]) => [
        {
            content: `open ${menu}`,
            trigger: ".o_main_navbar",
            run() {
                const menus = odoo.__WOWL_DEBUG__.root.env.services.menu;
                const wanted = `debt_collection.menu_collection_${menu}`;
                menus.selectMenu(menus.getAll().find((one) => one.xmlid === wanted));
            },
        },
        { content: `${title} shows`, trigger: `.o_breadcrumb:contains('${title}')` },
        { content: "the screen is there", trigger: ".o_action_manager :is(.o_view_controller, .o_desk)" },
    ]);
}

const SCREENS = {
    collector: [
        ["day", "My Day"],
        ["my_cases", "My Cases"],
        ["promises", "Promises"],
        ["letter", "Letters"],
        ["customers", "Customers"],
    ],
    manager: [
        ["team", "Team"],
        ["approvals", "Approvals"],
        ["cases", "Cases"],
        ["overdue_list", "Overdue Lists"],
        ["policies", "Policies"],
    ],
    finance: [
        ["to_post", "To Post"],
        ["cases", "Cases"],
        ["credits", "Unmatched Credits"],
        ["writeoffs", "Write-offs"],
        ["reports", "All Reports"],
    ],
    sales: [
        ["disputes", "Disputes"],
        ["sales_tasks", "Tasks for Sales"],
        ["customers", "Customers"],
    ],
};

for (const [role, screens] of Object.entries(SCREENS)) {
    registry.category("web_tour.tours").add(`debt_collection_doors_${role}`, {
        steps: () => visit(screens),
    });
}
