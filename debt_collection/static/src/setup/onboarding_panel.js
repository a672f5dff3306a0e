import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** The company's first steps, and the offer to be walked through a first case. */
export class OnboardingPanel extends Component {
    static template = "debt_collection.OnboardingPanel";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.tours = useService("tour_service");
        this.state = useState({
            steps: [], tour: false, start: false, misc: false, audit: false,
        });
        onWillStart(async () => {
            const panel = await this.orm.silent.call(
                "onboarding.onboarding",
                "get_collection_panel",
                []
            );
            Object.assign(this.state, panel);
        });
    }

    get doneCount() {
        return this.state.steps.filter((step) => step.done).length;
    }

    async open(step) {
        const action = await this.orm.call(
            "onboarding.onboarding.step",
            "open_collection_step",
            [],
            { topic: step.topic }
        );
        await this.action.doAction(action);
    }

    async dismiss() {
        await this.orm.call("onboarding.onboarding", "close_collection_panel", []);
        this.state.steps = [];
    }

    /** Open the cases now; those that nobody has become the user's own if wanted. */
    async run(isMine) {
        const action = await this.call("run_collection_start", { is_mine: isMine });
        await this.action.doAction(action, { clearBreadcrumbs: true });
    }

    async simulate() {
        await this.action.doAction(await this.call("simulate_collection_start"));
    }

    async start() {
        await this.call("start_collection_chase");
        this.state.start = false;
    }

    /** Whether receivables of miscellaneous entries are chased; asked once. */
    async answerMisc(isChased) {
        await this.call("answer_collection_misc", { is_chased: isChased });
        this.state.misc = false;
    }

    /** What the upgrade found that no step had written: a list of the records. */
    async openAudit() {
        await this.action.doAction(await this.call("open_collection_audit"));
    }

    async closeAudit() {
        await this.call("close_collection_audit");
        this.state.audit = false;
    }

    call(method, kwargs = {}) {
        return this.orm.call("onboarding.onboarding", method, [], kwargs);
    }

    startTour() {
        const rainbowManMessage = this.state.tour;
        this.state.tour = false;
        this.tours.startTour("debt_collection_first_case", {
            mode: "manual",
            redirect: false,
            rainbowManMessage,
        });
    }

    async skipTour() {
        await this.orm.call("web_tour.tour", "skip_collection_tour", []);
        this.state.tour = false;
    }
}
