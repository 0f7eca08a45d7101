//! Codes of currencies, which are the same in every language.

/// Currencies by their ISO 4217 codes.
const CODES: &str = "\
    AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CRC CZK DKK DOP EGP EUR GBP GHS GTQ HKD HRK HUF IDR ILS INR ISK \
    JMD JOD JPY KES KRW KWD KZT LBP LKR MAD MXN MYR NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK \
    SGD THB TND TRY TTD TWD UAH UGX USD UYU VND ZAR";

/// A currency by its ISO 4217 code.
pub(crate) fn currency_code(word: &str) -> Option<&'static str> {
    CODES.split_ascii_whitespace().find(|code| *code == word)
}
