import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

/** Of a header with many buttons, those of class `o_collection_more` are in one menu. */
export class CaseStatusBarButtons extends StatusBarButtons {
    static template = "debt_collection.CaseStatusBarButtons";

    isFolded(name) {
        return this.props.slots[name].isFolded;
    }

    get shownNames() {
        return this.visibleSlotNames.filter((name) => !this.isFolded(name));
    }

    get foldedNames() {
        return this.visibleSlotNames.filter((name) => this.isFolded(name));
    }
}

export class CaseFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: CaseStatusBarButtons };
}

export class CaseFormCompiler extends FormCompiler {
    compileHeader() {
        const header = super.compileHeader(...arguments);
        for (const slot of header.firstChild.children) {
            const names = slot.firstElementChild.getAttribute("className") || "";
            slot.setAttribute("isFolded", names.includes("o_collection_more"));
        }
        return header;
    }
}

registry.category("views").add("collection_case_form", {
    ...formView,
    Compiler: CaseFormCompiler,
    Renderer: CaseFormRenderer,
});
