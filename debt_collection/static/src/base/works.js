/** Long work of the user that goes on: rules without the screen. */

/** The works that go on, after news of one of them. */
export function updateWorks(works, news) {
    const others = works.filter((work) => work.id !== news.id);
    const isGoingOn = news.state === "waiting" || news.state === "running";
    return isGoingOn ? [...others, news].sort((a, b) => a.id - b.id) : others;
}

/** How much of all of it is done, in whole per cent. */
export function shareDone(works) {
    const total = works.reduce((sum, work) => sum + work.total, 0);
    const done = works.reduce((sum, work) => sum + work.done, 0);
    return total ? Math.min(Math.floor((100 * done) / total), 99) : 0;
}
