import { describe, expect, test } from "@odoo/hoot";
import { shortNumber } from "@debt_collection/base/amounts";
import { shareDone, updateWorks } from "@debt_collection/base/works";
import { widthOfAmounts } from "@debt_collection/base/wide_amounts";

describe.current.tags("headless");

test("large numbers in the language's own way", () => {
    const said = (value, lang) => shortNumber(value, lang).replace(/\s/g, "");
    expect(said(2255000, "zh-CN")).toBe("225.5万");
    expect(said(123456789, "zh-CN")).toBe("1.235亿");
    expect(said(123456789, "en-US")).toBe("123.5M");
    expect(said(-2255000, "en-US")).toBe("-2.255M");
    expect(said(2255000, "de-DE")).toBe("2,255Mio.");
});

test("work that has ended goes on no more", () => {
    const news = { id: 7, state: "running", done: 1, total: 4 };
    const works = updateWorks([], news);
    expect(works).toEqual([news]);
    const more = updateWorks(works, { id: 3, state: "waiting", done: 0, total: 4 });
    expect(more.map((work) => work.id)).toEqual([3, 7]);
    expect(shareDone(more)).toBe(12);
    expect(updateWorks(more, { ...news, done: 4, state: "done" })).toHaveLength(1);
    expect(updateWorks(more, { ...news, state: "failed" })).toHaveLength(1);
    expect(shareDone([])).toBe(0);
    expect(shareDone([{ done: 4, total: 4 }])).toBe(99);
});

test("a column is as wide as its longest amount, or the sum below", () => {
    const list = (amounts) => ({
        fields: { amount: { type: "monetary", currency_field: "currency_id" } },
        records: amounts.map((amount) => ({ data: { amount } })),
    });
    const width = (...amounts) => widthOfAmounts(list(amounts), { name: "amount" }, String);
    expect(width(0)).toBe(0);
    expect(width(123456789)).toBeGreaterThan(width(1234));
    expect(width(99999999, 99999999)).toBeGreaterThan(width(99999999));
});
