// Written by hand, so that amounts stay decimals: a JSON library would make doubles of them.
#include "sluice/planning/upstream_words.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace sluice {
namespace {

namespace json = boost::json;

std::string quoted(std::string_view text) {
  return json::serialize(json::string(text));
}

/// Seconds with milliseconds, as time.time() of the readers' language gives them.
std::string seconds_of(wall_time t) {
  return fmt::format("{}.{:03}", t.ms / 1'000, t.ms % 1'000);
}

std::string context_of(const verdict& v) {
  std::string out;
  for (const auto& r : v.refusals)
    out += fmt::format("{}{}:{{\"observed\":{},\"limit\":{}}}", out.empty() ? "" : ",",
                       quoted(to_string(r.code)), quoted(to_string(r.observed)),
                       quoted(to_string(r.limit)));
  return out;
}

}  // namespace

std::string permit_json(const plan_judged& judged, wall_time at) {
  const auto& v = judged.outcome;
  const bool allowed = v.kind == verdict_kind::allow;
  const auto reason = v.reason();
  auto out = fmt::format(R"({{"allow":{},"symbol":{},"reason":{})", allowed,
                         quoted(judged.instrument.str()),
                         quoted(reason ? to_string(*reason) : "sanity_checks_passed"));
  if (allowed && v.terms)
    out += fmt::format(R"(,"safe_close_qty":{},"safe_qty":{})",
                       v.terms->reduce_only ? v.terms->amount.str() : "0", v.terms->amount.str());
  if (is_known(judged.seen.position.content))
    out += fmt::format(R"(,"exchange_position_amt":{})",
                       amount_of(judged.seen.position.content).str());
  if (judged.seen.ledger)
    out += fmt::format(R"(,"ledger_amt":{})", judged.seen.ledger->str());
  if (!allowed)
    out += fmt::format(R"(,"context":{{{}}})", context_of(v));
  return out + fmt::format(R"(,"verdict":{},"created_at":{},"writer":"sluice"}})",
                           quoted(to_string(v.kind)), seconds_of(at));
}

std::string permit_json(const upstream_refusal& refusal, wall_time at) {
  return fmt::format(R"({{"allow":false,"symbol":{},"reason":{},"context":{{"detail":{}}},)"
                     R"("verdict":"refused","created_at":{},"writer":"sluice"}})",
                     quoted(refusal.instrument.str()), quoted(to_string(refusal.fault)),
                     quoted(refusal.reason), seconds_of(at));
}

std::optional<stream_fields> snapshot_fields(const truth& t, wall_time proven_at,
                                             std::optional<price> mark) {
  if (!is_known(t))
    return std::nullopt;
  const auto amount = amount_of(t);
  const auto* open = std::get_if<position_open>(&t);
  const auto entry = open ? open->entry : price{};
  stream_fields f{{"position_amt", amount.str()},
                  {"side", amount.sign() > 0   ? "LONG"
                           : amount.sign() < 0 ? "SHORT"
                                               : "NONE"},
                  {"entry_price", entry.str()},
                  {"ts_epoch", std::to_string(proven_at.ms / 1'000)},
                  {"source", "sluice"}};
  if (mark) {
    f.emplace_back(mark_fields[0], mark->str());
    f.emplace_back(mark_fields[1], ((*mark - entry) * amount).str());
  }
  return f;
}

std::string shown_fields(const stream_fields& fields, std::size_t bytes_max) {
  std::string out = "{";
  for (const auto& [name, value] : fields) {
    const auto room = bytes_max - std::min(bytes_max, out.size());
    const auto item = fmt::format("{}{}:{}", out.size() > 1 ? "," : "",
                                  quoted(std::string_view{name}.substr(0, room)),
                                  quoted(std::string_view{value}.substr(0, room)));
    if (item.size() > room)
      break;
    out += item;
  }
  return out + "}";
}

}  // namespace sluice
