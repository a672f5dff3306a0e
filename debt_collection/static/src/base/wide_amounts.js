import { patch } from "@web/core/utils/patch";
import { formatMonetary } from "@web/views/fields/formatters";
import { ListRenderer } from "@web/views/list/list_renderer";

/** What Odoo gives a column of amounts; it suffices for a million. */
const USUAL_WIDTH = 105;
let context;

/** Width in pixels of a text in bold, as the sums below a list are. */
function measure(text) {
    if (!context) {
        const { fontFamily, fontSize } = getComputedStyle(document.body);
        context = document.createElement("canvas").getContext("2d");
        context.font = `bold ${fontSize} ${fontFamily}`;
    }
    return Math.ceil(context.measureText(text).width) + 6;
}

/** The amounts that a column shows: of rows, of groups, and their sum below. */
function* getAmounts(list, name) {
    let sum = 0;
    for (const record of list.records || []) {
        const value = record.data[name];
        if (value) {
            sum += value;
            yield [value, record.data];
        }
    }
    for (const group of list.groups || []) {
        const value = group.aggregates?.[name];
        if (value) {
            sum += value;
            yield [value, {}];
        }
        if (group.list) {
            yield* getAmounts(group.list, name);
        }
    }
    if (sum) {
        yield [sum, list.records?.[0]?.data || {}];
    }
}

/** How wide a column is to be, so that none of its amounts is cut. */
export function widthOfAmounts(list, column, format = formatMonetary) {
    const field = list.fields[column.name];
    const currencyField = column.options?.currency_field || field.currency_field;
    let longest = "";
    for (const [value, data] of getAmounts(list, column.name)) {
        const text = format(value, { field, data, currencyField });
        // Sums of groups have no currency of their own: room for a symbol all the same.
        const shown = data[currencyField || "currency_id"] ? text : `${text} ¥`;
        longest = shown.length > longest.length ? shown : longest;
    }
    return longest ? measure(longest) : 0;
}

function isAmount(list, column) {
    return (
        column.type === "field" && !column.attrs.width &&
        (list.fields[column.name]?.type === "monetary" || column.widget === "monetary")
    );
}

function isOurs({ list, archInfo }) {
    return list.resModel.startsWith("collection.") ||
        (archInfo.className || "").includes("o_collection_list");
}

// In our lists a column of amounts is as wide as its amounts: "¥ 123,456,789.00" is not cut.
// Where there is no amount nothing stands: what is owed is seen at a glance.
patch(ListRenderer.prototype, {
    getActiveColumns() {
        const columns = super.getActiveColumns(...arguments);
        if (!isOurs(this.props)) {
            return columns;
        }
        const { list } = this.props;
        return columns.map((column) => {
            const width = isAmount(list, column) ? widthOfAmounts(list, column) : 0;
            return width > USUAL_WIDTH
                ? { ...column, attrs: { ...column.attrs, width: `${width}px` } }
                : column;
        });
    },

    getFormattedValue(column, record) {
        const isEmpty = record.fields[column.name]?.type === "monetary" &&
            !record.data[column.name] && isOurs(this.props);
        return isEmpty ? "" : super.getFormattedValue(...arguments);
    },
});
