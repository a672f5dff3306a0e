import { Component, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { shareDone, updateWorks } from "./works";

/** Long work of the user: how far it is, wherever they are, and a word when it is done. */
export const workService = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, { action, bus_service: bus, notification, orm }) {
        const state = reactive({ works: session.collection_works || [] });
        bus.subscribe("collection_work", (news) => {
            state.works = updateWorks(state.works, news);
            if (news.state === "done" || news.state === "failed") {
                tell(news);
            }
        });
        bus.start();

        function tell({ id, name, state: end, message, has_result: hasResult }) {
            const open = async () => {
                close();
                return action.doAction(await orm.call("collection.work", "action_open", [[id]]));
            };
            const close = notification.add(message, {
                title: name,
                type: end === "done" ? "success" : "danger",
                sticky: true,
                buttons: hasResult ? [{ name: _t("Open"), primary: true, onClick: open }] : [],
            });
        }
        return state;
    },
};

registry.category("services").add("collection_work", workService);

export class WorkProgress extends Component {
    static template = "debt_collection.WorkProgress";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState(useService("collection_work"));
    }

    get share() {
        return shareDone(this.state.works);
    }

    get label() {
        return this.state.works
            .map(({ name, done, total }) => `${name}: ${done}/${total}`)
            .join("\n");
    }

    open() {
        return this.action.doAction("debt_collection.collection_work_action");
    }
}

registry.category("systray").add(
    "debt_collection.WorkProgress",
    { Component: WorkProgress },
    { sequence: 45 }
);
