/**
 * What the collector's desk works out without the server: which case comes next, what is ticked,
 * the days that promises are made for, what the timeline shows.
 */

/** The case to go to when one is done: the one after it, else the first that is left. */
export function nextCase(cases, id) {
    const index = cases.findIndex((row) => row.id === id);
    const left = cases.filter((row) => row.id !== id);
    return left[Math.min(Math.max(index, 0), left.length) % (left.length || 1)]?.id || false;
}

/** The case some rows below (or above) in a list; at its ends it stays. */
export function moveCase(cases, id, step) {
    const index = cases.findIndex((row) => row.id === id);
    if (index === -1) {
        return cases[0]?.id || false;
    }
    return cases[Math.min(Math.max(index + step, 0), cases.length - 1)].id;
}

/** What the ticked invoices add up to, in the currency that is owed; all is meant if none is. */
export function tickedAmount(invoices, ticked, whole) {
    if (!ticked.length) {
        return whole;
    }
    const sum = invoices
        .filter((invoice) => ticked.includes(invoice.id))
        .reduce((total, invoice) => total + invoice.amount, 0);
    return Math.round(sum * 1e6) / 1e6;
}

/**
 * What was typed as an amount: the whole where nothing was, `null` where it is no number.
 *
 * @param {string|false} typed
 * @param {(text: string) => number} parse throws for what is no number
 */
export function typedAmount(typed, whole, parse) {
    if (typed === false || !String(typed).trim()) {
        return whole;
    }
    try {
        // Odoo's parser of amounts takes a text without digits for zero.
        return /\d/.test(typed) ? parse(String(typed)) : null;
    } catch {
        return null;
    }
}

/**
 * The days a customer usually promises: tomorrow, Friday, in a week, and the month's end; each
 * once, none of them today.
 *
 * @param {luxon.DateTime} today
 */
export function promiseDays(today) {
    const days = [
        { key: "tomorrow", date: today.plus({ days: 1 }) },
        { key: "friday", date: today.plus({ days: (5 - today.weekday + 7) % 7 || 7 }) },
        { key: "week", date: today.plus({ days: 7 }) },
        { key: "month", date: today.endOf("month").startOf("day") },
    ];
    if (days[3].date <= today) {
        days[3].date = today.plus({ months: 1 }).endOf("month").startOf("day");
    }
    const seen = new Set();
    return days.filter(({ date }) => {
        const day = date.toISODate();
        return !seen.has(day) && seen.add(day);
    });
}

/** The entries of a timeline of some kind; all for `all`. */
export function filterTimeline(entries, kind) {
    return kind === "all" ? entries : entries.filter((entry) => entry.kind === kind);
}

/** The kinds that a timeline has entries of, in the order in which they are offered. */
export function timelineKinds(entries) {
    const present = new Set(entries.map((entry) => entry.kind));
    return ["activity", "email", "letter", "payment", "promise", "portal", "note"].filter(
        (kind) => present.has(kind)
    );
}

/** How much of the day is done, for the list's heading. */
export function dayProgress({ done, total }) {
    return { done: done.length, total, percent: total ? (100 * done.length) / total : 0 };
}
