import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { shortAmount, wholeAmount } from "../base/amounts";

/** How the day goes, above the worklist; a figure that is clicked filters the list. */
export class DayProgress extends Component {
    static template = "debt_collection.DayProgress";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ progress: null });
        this.team = Boolean(this.props.list.context.collection_team);
        onWillStart(() => this.load());
        // The list was loaded again; it need not wait for the figures.
        onWillUpdateProps(() => {
            this.load();
        });
    }

    async load() {
        this.state.progress = await this.keepLast.add(
            this.orm.silent.call("collection.case", "get_day_progress", [], { team: this.team })
        );
    }

    amount(value) {
        return shortAmount(value, this.state.progress.currency_id);
    }

    /** What a card says in short, as a whole. */
    whole(value) {
        return wholeAmount(value, this.state.progress.currency_id);
    }

    /** Share of this month's target that came in, in whole per cent. */
    get share() {
        const { amount, target } = this.state.progress.collected;
        return target ? Math.round((100 * amount) / target) : 0;
    }

    /** Show what a figure counts: the named filters take the place of all others. */
    filter(...names) {
        const { searchModel } = this.env;
        const items = searchModel.getSearchItems((item) => names.includes(item.name));
        searchModel.clearQuery();
        for (const item of items) {
            searchModel.toggleSearchItem(item.id);
        }
    }
}
