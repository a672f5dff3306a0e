import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { OnboardingPanel } from "../setup/onboarding_panel";
import { DayProgress } from "./day_progress";

export class DayListRenderer extends ListRenderer {
    static template = "debt_collection.DayListRenderer";
    static components = { ...ListRenderer.components, DayProgress, OnboardingPanel };
}

registry.category("views").add("collection_day_list", {
    ...listView,
    Renderer: DayListRenderer,
});
