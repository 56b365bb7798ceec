// Plans, facts and verdicts as JSON and back, exactly, so that a stored judgement can be made
// again.
#pragma once

#include <string>
#include <string_view>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice::journal {

// Decimals are strings, wall times RFC 3339 (null for "not given"), enumerations their words. Names
// ending in _ns are on the steady clock: received_ns and now_ns as they were, every other relative
// to that one, so that differences keep their meaning in another process. Text that is not UTF-8
// has its bad bytes replaced by U+FFFD; all else comes back as it went in. Errors: malformed,
// naming the field.

[[nodiscard]] std::string to_json(const plan& p);
[[nodiscard]] result<plan> parse_plan(std::string_view text);

[[nodiscard]] std::string to_json(const facts& f);
[[nodiscard]] result<facts> parse_facts(std::string_view text);

/// Instruments and limits; found by symbol, without source and instant. Fields beside them are
/// passed over.
[[nodiscard]] result<universe> parse_universe(std::string_view text);

/// `now` is that of the facts it was judged by.
[[nodiscard]] std::string to_json(const verdict& v, instant now);
[[nodiscard]] result<verdict> parse_verdict(std::string_view text, instant now);

}  // namespace sluice::journal
