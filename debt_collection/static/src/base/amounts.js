import { getCurrency } from "@web/core/currency";
import { user } from "@web/core/user";
import { formatMonetary } from "@web/views/fields/formatters";

/** From here on a tile says an amount in short. */
const LARGE = 1e6;
const nbsp = "\u00a0";

/**
 * A large number as a language says it in short: 225.5万, 1.235亿, 2.255M.
 *
 * @param {number} value
 * @param {string} [lang] a locale of JavaScript, such as "zh-CN"
 */
export function shortNumber(value, lang = user.lang) {
    return new Intl.NumberFormat(lang, {
        notation: "compact",
        maximumSignificantDigits: 4,
    }).format(value);
}

/** An amount on a tile: whole, or in short where it is large; its title says the whole. */
export function shortAmount(value, currencyId, lang = user.lang) {
    if (Math.abs(value) < LARGE) {
        return formatMonetary(value, { currencyId, digits: [16, 0] });
    }
    const { position, symbol } = getCurrency(currencyId) || {};
    const number = shortNumber(value, lang);
    if (!symbol) {
        return number;
    }
    // Chinese writes the sign close to the number.
    const space = lang.startsWith("zh") ? "" : nbsp;
    return position === "after" ? `${number}${space}${symbol}` : `${symbol}${space}${number}`;
}

/** The whole amount, without its cents where there are none to see on a tile. */
export function wholeAmount(value, currencyId) {
    return formatMonetary(value, { currencyId, digits: [16, 0] });
}
