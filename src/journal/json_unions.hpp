// The domain's unions in JSON: a truth and a plan's body say their kind, a measure its unit.
#pragma once

#include "json_document.hpp"
#include "sluice/domain/plan.hpp"
#include "sluice/domain/refusal.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice::journal {

/// {"kind":"open","amount":"0.5","entry":"97123.4"}, {"kind":"flat"}, {"kind":"unknown"}.
[[nodiscard]] boost::json::value write_value(const truth& v, const json_context& c);
[[nodiscard]] bool read_value(const boost::json::value& v, truth& out, const json_context& c);

/// {"kind":"reduce","target":"0","reason":"stop_crossed"} and so on.
[[nodiscard]] boost::json::value write_value(const plan_body& v, const json_context& c);
[[nodiscard]] bool read_value(const boost::json::value& v, plan_body& out, const json_context& c);

/// null, {"ms":12300}, {"quantity":"0.5"}, {"price":"1.5"}, {"notional":"5"}, {"count":3} or
/// {"text":"BTCUSDT"}.
[[nodiscard]] boost::json::value write_value(const measure& v, const json_context& c);
[[nodiscard]] bool read_value(const boost::json::value& v, measure& out, const json_context& c);

}  // namespace sluice::journal
