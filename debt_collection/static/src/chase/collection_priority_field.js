import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The points of a case; pointing at them tells what they are made of. */
export class CollectionPriorityField extends Component {
    static template = "debt_collection.PriorityField";
    static props = { ...standardFieldProps };

    get points() {
        return this.props.record.data[this.props.name];
    }

    get reason() {
        return this.props.record.data.priority_reason || _t("No points yet");
    }
}

registry.category("fields").add("collection_priority", {
    component: CollectionPriorityField,
    displayName: _t("Priority and why"),
    supportedTypes: ["integer"],
    fieldDependencies: [{ name: "priority_reason", type: "char" }],
});
