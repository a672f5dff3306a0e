import { Component, onWillStart, useState } from "@odoo/owl";
import { cookie } from "@web/core/browser/cookie";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";
import { shortAmount, shortNumber, wholeAmount } from "../base/amounts";
import { DashboardChart } from "./dashboard_chart";

/** Told apart by people who do not tell red from green; the names stand beside them. */
const COLORS = ["#8a8d93", "#56b4e9", "#e69f00", "#b3002d", "#5b2a86", "#1b4f72"];

export class CollectionDashboard extends Component {
    static template = "debt_collection.Dashboard";
    static components = { DashboardChart, DateTimeInput, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({
            data: null,
            currencyId: false,
            rollMonth: false,
            rollOf: "amount",
        });
        onWillStart(() => this.load());
    }

    async load(date = this.state.data?.date) {
        this.state.data = await this.keepLast.add(
            this.orm.call("collection.dashboard", "get_dashboard", [], {
                date: date || null,
                currency_id: this.state.currencyId || null,
            })
        );
    }

    get display() {
        return { controlPanel: {} };
    }

    get date() {
        return deserializeDate(this.state.data.date);
    }

    setDate(date) {
        if (date) {
            this.load(serializeDate(date));
        }
    }

    setCurrency(event) {
        this.state.currencyId = parseInt(event.target.value);
        this.load();
    }

    amount(value) {
        return wholeAmount(value, this.state.data.currency_id);
    }

    /** On a tile, in short where it is large; the title of the tile says the whole. */
    tile(value) {
        return shortAmount(value, this.state.data.currency_id);
    }

    number(value) {
        return formatFloat(value, { digits: [16, 1] });
    }

    monthName(month) {
        return formatDate(deserializeDate(month), { format: "LLL yy" });
    }

    color(index) {
        return COLORS[index % COLORS.length];
    }

    tierColor(code) {
        return this.color(this.state.data.tiers.findIndex((tier) => tier.code === code));
    }

    get overdue() {
        return this.state.data.tiers
            .filter((tier) => tier.code)
            .reduce((sum, tier) => sum + tier.amount, 0);
    }

    get share() {
        const { amount, target } = this.state.data.collected;
        return target ? Math.round((100 * amount) / target) : 0;
    }

    get options() {
        const dark = cookie.get("color_scheme") === "dark";
        const color = dark ? "#c8cad0" : "#495057";
        const grid = { color: dark ? "#3c3f4c" : "#e7e9ed" };
        return {
            maintainAspectRatio: false,
            animation: false,
            plugins: { legend: { labels: { color } } },
            scales: {
                x: { ticks: { color }, grid },
                y: { ticks: { color }, grid, beginAtZero: true },
            },
        };
    }

    /** A click on a bar or point opens what it shows. */
    onPoint(open) {
        return (event, [point]) => point && open(point.index, point.datasetIndex);
    }

    /** Months of which a figure is known; before the first and after the last there are none. */
    getKnown(months, isKnown) {
        const known = months.map(isKnown);
        return months.slice(Math.max(known.indexOf(true), 0), known.lastIndexOf(true) + 1);
    }

    get months() {
        return this.getKnown(this.state.data.months || [], (month) =>
            month.tiers.some((tier) => tier.amount)
        );
    }

    get trend() {
        return this.getKnown(this.state.data.trend || [], (month) =>
            ["effectiveness", "sales_days", "sales_days_best"].some(
                (name) => month[name] !== null && month[name] !== undefined
            )
        );
    }

    get monthsConfig() {
        const { months } = this;
        const { tiers } = this.state.data;
        const options = this.options;
        options.scales.x.stacked = options.scales.y.stacked = true;
        options.scales.y.ticks.callback = (value) => shortNumber(value);
        const overdue = tiers.filter((tier) => tier.code);
        options.onClick = this.onPoint((index, set) =>
            this.openRecords("months", { month: months[index].month, code: overdue[set].code })
        );
        return {
            type: "bar",
            data: {
                labels: months.map((month) => this.monthName(month.month)),
                datasets: overdue.map((tier) => ({
                    label: tier.name,
                    backgroundColor: this.tierColor(tier.code),
                    data: months.map(
                        (month) => month.tiers.find((part) => part.code === tier.code)?.amount
                    ),
                })),
            },
            options,
        };
    }

    /** The band as an area, the expected cash as a line, what came as points. */
    get forecastConfig() {
        const { weeks } = this.state.data.forecast;
        const options = this.options;
        options.onClick = this.onPoint((index) =>
            this.openRecords("forecast", {
                date_from: weeks[index].date_from,
                is_over: weeks[index].came !== undefined,
            })
        );
        const bound = (label, name, fill) => ({
            label,
            data: weeks.map((week) => week[name]),
            borderColor: "transparent",
            backgroundColor: "rgba(86, 180, 233, 0.3)",
            pointRadius: 0,
            fill,
        });
        return {
            type: "line",
            data: {
                labels: weeks.map((week) => formatDate(deserializeDate(week.date_from))),
                datasets: [
                    {
                        label: _t("Received"),
                        data: weeks.map((week) => week.came ?? null),
                        borderColor: COLORS[3],
                        backgroundColor: COLORS[3],
                        pointRadius: 5,
                        showLine: false,
                    },
                    {
                        label: _t("Expected"),
                        data: weeks.map((week) => week.amount),
                        borderColor: COLORS[5],
                        backgroundColor: COLORS[5],
                    },
                    bound(_t("High: one week in ten brings more"), "high", "+1"),
                    bound(_t("Low: one week in ten brings less"), "low", false),
                ],
            },
            options,
        };
    }

    get trendConfig() {
        const { trend } = this;
        const kinds = ["effectiveness", "sales_days", "sales_days_best"];
        const options = this.options;
        // Percent and days are read on axes of their own.
        const { x, y } = options.scales;
        const title = (text) => ({ display: true, text, color: y.ticks.color });
        options.scales = {
            x,
            percent: { ...y, position: "left", title: title(_t("Percent")) },
            days: {
                ...y,
                position: "right",
                title: title(_t("Days")),
                grid: { drawOnChartArea: false },
            },
        };
        options.onClick = this.onPoint((index, set) =>
            this.openRecords("trend", { month: trend[index].month, kind: kinds[set] })
        );
        const line = (label, name, index, yAxisID = "days") => ({
            label,
            yAxisID,
            data: trend.map((month) => month[name]),
            borderColor: this.color(index),
            backgroundColor: this.color(index),
            spanGaps: true,
        });
        return {
            type: "line",
            data: {
                labels: trend.map((month) => this.monthName(month.month)),
                datasets: [
                    line(_t("Collection effectiveness (%)"), kinds[0], 1, "percent"),
                    line(_t("Days' sales outstanding"), kinds[1], 2),
                    line(_t("Best possible"), kinds[2], 0),
                ],
            },
            options,
        };
    }

    get promiseRows() {
        return [
            { name: "due", title: _t("Due within 7 days") },
            { name: "late", title: _t("Past their day") },
            { name: "kept", title: _t("Kept this month") },
            { name: "broken", title: _t("Broken this month") },
        ];
    }

    get collectorColumns() {
        return [
            { name: "cases", figure: "cases" },
            { name: "amount", figure: "cases", money: true },
            { name: "collected_amount", figure: "collected", money: true },
            { name: "late", figure: "late" },
        ];
    }

    get hasMonths() {
        return this.months.length > 0;
    }

    get hasTrend() {
        return this.trend.length > 0;
    }

    /** The records behind a figure, found with the conditions it was counted with. */
    async openRecords(figure, key = {}) {
        const action = await this.orm.call("collection.dashboard", "get_records_action", [figure], {
            date: this.state.data.date,
            key,
        });
        return this.action.doAction(action);
    }

    openCase(debtor) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.case",
            res_id: debtor.case_id,
            views: [[false, "form"]],
        });
    }

    get matrix() {
        const { roll } = this.state.data;
        return roll.find((matrix) => matrix.month === this.state.rollMonth) || roll[0];
    }

    setRollMonth(event) {
        this.state.rollMonth = event.target.value;
    }

    setRollOf(name) {
        this.state.rollOf = name;
    }

    /** Darker the more of a tier went there; the number stands in it. */
    cellStyle(cell) {
        const share = cell[`${this.state.rollOf}_share`];
        return `background-color: rgba(230, 159, 0, ${Math.min(share, 100) / 160})`;
    }

    print() {
        return this.action.doAction({
            type: "ir.actions.report",
            report_type: "qweb-pdf",
            report_name: "debt_collection.report_dashboard",
            data: { date: this.state.data.date, currency_id: this.state.data.currency_id },
        });
    }
}

registry.category("actions").add("debt_collection.dashboard", CollectionDashboard);
