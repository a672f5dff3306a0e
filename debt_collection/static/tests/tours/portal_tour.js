import { registry } from "@web/core/registry";

/** Nothing of our page may reach beyond the screen; the header is Odoo's. */
function checkWidth() {
    const { clientWidth } = document.documentElement;
    const wide = [...document.querySelectorAll("#wrap *")].filter(
        (element) => element.getBoundingClientRect().right > clientWidth
    );
    if (wide.length) {
        const names = wide.map((element) => `${element.tagName}.${element.className}`);
        throw new Error(`wider than the screen of ${clientWidth}: ${names.join(" ")}`);
    }
}

registry.category("web_tour.tours").add("debt_collection_portal_promise", {
    steps: () => [
        {
            content: "The overdue account is on the home page",
            trigger: "a[href='/my/collections']:contains('Overdue Account')",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "What is owed", trigger: "td:contains('250.00')", run: checkWidth },
        {
            content: "Open the promise",
            trigger: "summary:contains('Promise a day of payment')",
            run: "click",
        },
        {
            trigger: "#collection_promise input[name=date]",
            run() {
                const day = new Date(Date.now() + 5 * 86400000);
                this.anchor.value = day.toISOString().slice(0, 10);
            },
        },
        {
            trigger: "#collection_promise button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains('We have received your entry')" },
        { trigger: "li:contains('Promise to Pay'):contains('To Confirm')" },
    ],
});

registry.category("web_tour.tours").add("debt_collection_portal_phone", {
    steps: () => [
        { trigger: "td:contains('250.00')", run: checkWidth },
        { trigger: "summary:contains('Write to us')", run: "click" },
        {
            trigger: "#collection_message textarea[name=text]",
            run: "edit Please call me",
        },
        { trigger: "#collection_message button[type=submit]", run: checkWidth },
        {
            trigger: "#collection_message button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "li:contains('Please call me')", run: checkWidth },
    ],
});
