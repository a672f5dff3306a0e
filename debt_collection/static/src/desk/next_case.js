import { registry } from "@web/core/registry";

/**
 * Opens the next case. It takes the place of the case that is left, unless that one was opened
 * from the list: then the way back to the list stays.
 */
function openNextCase(env, { params }) {
    const current = env.services.action.currentController;
    const isCase =
        current?.view?.type === "form" &&
        current.action.res_model === "collection.case" &&
        !current.action.xml_id;
    return env.services.action.doAction(
        params.action,
        isCase ? { stackPosition: "replaceCurrentAction" } : {}
    );
}

registry.category("actions").add("debt_collection.next_case", openNextCase);
