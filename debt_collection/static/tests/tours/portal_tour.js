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

/** Each field has a name for screen readers, and everything to press is reached by keyboard. */
function checkLabels() {
    const page = document.querySelector(".o_collection_portal");
    const fields = "input:not([type=hidden]), select, textarea, button, summary, a[href]";
    const silent = [...page.querySelectorAll(fields)].filter(
        (element) =>
            element.tabIndex < 0 ||
            !(
                element.labels?.length ||
                element.ariaLabel ||
                element.textContent.trim()
            )
    );
    if (silent.length) {
        const names = silent.map((element) => element.outerHTML.slice(0, 80));
        throw new Error(`without a label or out of reach: ${names.join(" ")}`);
    }
    for (const section of page.querySelectorAll("section[aria-labelledby]")) {
        if (!document.getElementById(section.getAttribute("aria-labelledby"))) {
            throw new Error(`a section without its title: ${section.outerHTML.slice(0, 80)}`);
        }
    }
}

registry.category("web_tour.tours").add("debt_collection_portal_survey", {
    steps: () => [
        {
            content: "Five faces, one click",
            trigger: "#collection_survey:has(button:nth-of-type(5)) button[title='4 of 5']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#survey_feedback", run: "edit Friendly" },
        { trigger: "main button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: "main p:contains('Friendly')" },
    ],
});

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
        { trigger: "li:contains('You will pay'):contains('We are looking at it')" },
    ],
});

registry.category("web_tour.tours").add("debt_collection_portal_phone", {
    steps: () => [
        { trigger: "td:contains('250.00')", run: checkWidth },
        { content: "Labels for who cannot see the page", trigger: "td", run: checkLabels },
        {
            content: "All there is to enter fits the screen, too",
            trigger: "td",
            run() {
                for (const details of document.querySelectorAll("#wrap details")) {
                    details.open = true;
                }
                checkWidth();
                for (const details of document.querySelectorAll("#wrap details")) {
                    details.open = false;
                }
            },
        },
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
