import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("debt_collection_manager_assigns", {
    steps: () => [
        {
            content: "Choose all cases of the list",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Assign them",
            trigger: ".o_list_view button[name=action_assign]",
            run: "click",
        },
        {
            content: "Name the collector",
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit tour_collector",
        },
        {
            content: "Take the name proposed",
            trigger: ".o-autocomplete--dropdown-item a:contains('tour_collector')",
            run: "click",
        },
        {
            content: "Assign",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "The list shows the collector on both cases",
            trigger:
                ".o_list_view:not(:has(.o_data_row td[name=user_id]:not(:has(img))))" +
                " .o_data_row:eq(1) td[name=user_id] img",
        },
    ],
});

registry.category("web_tour.tours").add("debt_collection_manager_ladder", {
    steps: () => [
        {
            content: "Edit the ladder as a whole",
            trigger: ".o_list_view button:contains('Edit Ladder')",
            run: "click",
        },
        {
            content: "Mild ends on day 30",
            trigger: ".modal .o_data_row:eq(0) td[name=day_to]:contains('30')",
            run: "click",
        },
        {
            content: "Let it end on day 20, which leaves a gap",
            trigger: ".modal .o_data_row:eq(0) td[name=day_to] input",
            run: "edit 20",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The gap is refused, and named",
            trigger: ".modal .o_error_dialog, .modal:contains('Validation Error')",
        },
        {
            trigger: ".modal:contains('Validation Error') .modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "Moderate starts on day 21",
            trigger: ".modal .o_data_row:eq(1) td[name=day_from]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:eq(1) td[name=day_from] input",
            run: "edit 21",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "The ladder is the company's own now",
            trigger: ".o_list_view .o_data_row td[name=day_from]:contains('21')",
        },
    ],
});
