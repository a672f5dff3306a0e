import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** A chart of the library that Odoo ships; it is drawn anew when its data change. */
export class DashboardChart extends Component {
    static template = "debt_collection.DashboardChart";
    static props = { config: Object, label: String };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.chart?.destroy();
                // eslint-disable-next-line no-undef
                this.chart = new Chart(this.canvas.el, this.props.config);
            },
            () => [JSON.stringify(this.props.config.data)]
        );
        onWillUnmount(() => this.chart?.destroy());
    }
}
