// A line for each lane, and below it one for each reason with its newest example.
#include "reason_screen.hpp"

#include <fmt/format.h>

#include "json_view.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

std::string example_of(const json::object& newest) {
  auto text = fmt::format("newest: plan {} of {} at {}", text_at(newest, "plan_id"),
                          text_at(newest, "symbol"), text_at(newest, "at"));
  const auto seen = text_at(newest, "observed");
  const auto limit = text_at(newest, "limit");
  if (!seen.empty())
    text += ", seen " + seen;
  if (!limit.empty())
    text += ", limit " + limit;
  return text;
}

std::string share_lines(const json::object& share, std::size_t width, const painter& paint) {
  const auto reason = text_at(share, "reason");
  const bool allowed = reason.empty();
  const auto name = allowed ? std::string{"allowed"} : reason;
  auto out = cut(fmt::format("{:>8} {:>6} %  {}", grouped(number_at(share, "count").value_or(0)),
                             text_at(share, "percent", "0"),
                             paint(allowed ? tone::good : tone::bad, name)),
                 width) +
             "\n";
  const std::string indent(19, ' ');
  out += hanging(indent, example_of(object_at(share, "newest")), width);
  if (!allowed)
    out += hanging(indent + "cure: ", text_at(share, "cure"), width);
  return out;
}

}  // namespace

std::string draw_reasons(const json::object& document, std::size_t width, const painter& paint) {
  const auto symbol = text_at(document, "symbol");
  auto out = hanging("",
                     fmt::format("{} verdicts{} from {} to {}",
                                 grouped(number_at(document, "verdicts").value_or(0)),
                                 symbol.empty() ? "" : " of " + symbol, text_at(document, "since"),
                                 text_at(document, "until")),
                     width);
  for (const auto& value : rows_at(document, "lanes")) {
    const auto& lane = row_of(value);
    const auto whole = number_at(lane, "verdicts").value_or(0);
    out += "\n" + paint(tone::strong, text_at(lane, "lane")) +
           fmt::format(": {} verdicts, {} allowed\n", grouped(whole),
                       grouped(number_at(lane, "allowed").value_or(0)));
    for (const auto& share : rows_at(lane, "shares"))
      out += share_lines(row_of(share), width, paint);
  }
  return out;
}

}  // namespace sluice::cli
