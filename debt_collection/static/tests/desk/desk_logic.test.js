import { describe, expect, test } from "@odoo/hoot";
import {
    dayProgress,
    filterTimeline,
    moveCase,
    nextCase,
    promiseDays,
    tickedAmount,
    timelineKinds,
    typedAmount,
} from "@debt_collection/desk/desk_logic";

describe.current.tags("headless");

const { DateTime } = luxon;
const rows = [{ id: 1 }, { id: 2 }, { id: 3 }];

function days(iso) {
    return promiseDays(DateTime.fromISO(iso)).map(({ key, date }) => [key, date.toISODate()]);
}

test("the next case is the one below, and after the last the first", () => {
    expect(nextCase(rows, 1)).toBe(2);
    expect(nextCase(rows, 2)).toBe(3);
    expect(nextCase(rows, 3)).toBe(1);
    expect(nextCase([{ id: 1 }], 1)).toBe(false);
    expect(nextCase([], 1)).toBe(false);
    expect(nextCase(rows, 9)).toBe(1);
});

test("keys move up and down and stop at the ends", () => {
    expect(moveCase(rows, 1, 1)).toBe(2);
    expect(moveCase(rows, 1, -1)).toBe(1);
    expect(moveCase(rows, 3, 1)).toBe(3);
    expect(moveCase(rows, 9, 1)).toBe(1);
    expect(moveCase([], 9, 1)).toBe(false);
});

test("what is ticked is meant, else the whole", () => {
    const invoices = [{ id: 1, amount: 0.1 }, { id: 2, amount: 0.2 }, { id: 3, amount: 5 }];
    expect(tickedAmount(invoices, [], 9)).toBe(9);
    expect(tickedAmount(invoices, [1, 2], 9)).toBe(0.3);
    expect(tickedAmount(invoices, [3, 7], 9)).toBe(5);
});

test("what is typed as an amount", () => {
    const parse = (text) => {
        if (!/^[\d.]+$/.test(text)) {
            throw new Error(text);
        }
        return Number(text);
    };
    expect(typedAmount(false, 350, parse)).toBe(350);
    expect(typedAmount("  ", 350, parse)).toBe(350);
    expect(typedAmount("100.50", 350, parse)).toBe(100.5);
    expect(typedAmount("0", 350, parse)).toBe(0);
    expect(typedAmount("a hundred", 350, parse)).toBe(null);
});

test("days of promises: each once, none of them today", () => {
    // A Wednesday.
    expect(days("2025-09-24")).toEqual([
        ["tomorrow", "2025-09-25"],
        ["friday", "2025-09-26"],
        ["week", "2025-10-01"],
        ["month", "2025-09-30"],
    ]);
    // A Thursday: tomorrow is Friday.
    expect(days("2025-09-25").map(([key]) => key)).toEqual(["tomorrow", "week", "month"]);
    // A Friday: the next one is in a week.
    expect(days("2025-09-26")).toEqual([
        ["tomorrow", "2025-09-27"],
        ["friday", "2025-10-03"],
        ["month", "2025-09-30"],
    ]);
    // The last of the month: the end of the next one.
    expect(days("2026-01-31").at(-1)).toEqual(["month", "2026-02-28"]);
});

test("the timeline is filtered by kind, and offers the kinds that it has", () => {
    const entries = [{ kind: "payment" }, { kind: "activity" }, { kind: "payment" }];
    expect(filterTimeline(entries, "all")).toHaveLength(3);
    expect(filterTimeline(entries, "payment")).toHaveLength(2);
    expect(filterTimeline(entries, "letter")).toHaveLength(0);
    expect(timelineKinds(entries)).toEqual(["activity", "payment"]);
});

test("the share of the day that is done", () => {
    expect(dayProgress({ done: [1, 2], total: 8 })).toEqual({ done: 2, total: 8, percent: 25 });
    expect(dayProgress({ done: [], total: 0 }).percent).toBe(0);
});
