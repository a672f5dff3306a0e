import { registry } from "@web/core/registry";
import { KanbanHeader } from "@web/views/kanban/kanban_header";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { AnimatedNumber } from "@web/views/view_components/animated_number";
import { ColumnProgress } from "@web/views/view_components/column_progress";
import { shortAmount } from "./amounts";

/** The sum of a column, large ones in the language's own way. */
export class BoardNumber extends AnimatedNumber {
    format(value) {
        return this.currencyId ? shortAmount(value, this.currencyId) : super.format(value);
    }
}

export class BoardProgress extends ColumnProgress {
    static components = { ...ColumnProgress.components, AnimatedNumber: BoardNumber };
}

export class BoardHeader extends KanbanHeader {
    static components = { ...KanbanHeader.components, ColumnProgress: BoardProgress };
}

export class BoardRenderer extends KanbanRenderer {
    static components = {
        ...KanbanRenderer.components,
        ColumnProgress: BoardProgress,
        KanbanHeader: BoardHeader,
    };
}

registry.category("views").add("collection_board", { ...kanbanView, Renderer: BoardRenderer });
