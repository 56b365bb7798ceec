// Frames of the user stream and of the marks: whole or not at all, alone or wrapped the same, and
// two connections of one stream as one sequence.
#include <fmt/format.h>

#include <algorithm>

#include "reply_text.hpp"
#include "sluice/exchange/frames.hpp"
#include "sluice/exchange/overlap_merge.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::exchange;

bool is_position(const position_key& p) {
  return parse_symbol(p.instrument.str()).has_value();
}

/// What a frame says, as one text.
struct words_of_body {
  std::string operator()(const account_update& u) const {
    std::string text =
        fmt::format("account {} {} {}", u.reason, u.transaction_time.ms, u.about.str());
    for (const auto& p : u.positions) {
      require(is_position(p.position), "a changed position has a symbol");
      text += fmt::format(" {} {} {} {}", p.position.instrument.str(), to_string(p.position.leg),
                          p.amount.str(), p.entry.str());
    }
    for (const auto& b : u.balances)
      text += fmt::format(" {} {}", b.asset, b.change.str());
    return text;
  }
  std::string operator()(const order_update& u) const {
    require(is_position({u.report.instrument, u.report.leg}), "an order has a symbol");
    auto text = fmt::format("order {} {} {}", text_of(u.report), u.execution, u.expiry_reason);
    if (!u.trade)
      return text;
    require(u.trade->id != 0 && u.trade->amount.sign() > 0, "a trade has an id and an amount");
    require(u.trade->instrument == u.report.instrument && u.trade->order == u.report.id &&
                u.trade->direction == u.report.direction && u.trade->leg == u.report.leg &&
                u.trade->client_id == u.report.client_id,
            "a trade is one of its order");
    return text + fmt::format(" {} {} {} {} {}", u.trade->id, u.trade->amount.str(),
                              u.trade->at.str(), u.trade->fee.str(), to_string(u.trade->given_by));
  }
  std::string operator()(const conditional_update& u) const {
    require(is_position({u.report.instrument, u.report.leg}), "a conditional order has a symbol");
    return fmt::format("conditional {} {} {} {} {} {}", u.report.client_id.str(), u.report.id,
                       u.report.status_text, u.report.amount.str(), u.report.trigger.str(),
                       u.report.triggered_order);
  }
  std::string operator()(const settings_update& u) const {
    return fmt::format("settings {} {}", u.instrument.str(), u.leverage);
  }
  std::string operator()(const ignored_event& e) const { return "ignored " + e.type; }
  std::string operator()(const listen_key_expired&) const { return "key expired"; }
};

std::string words_of(const result<user_frame>& frame) {
  if (!frame)
    return "refused: " + frame.error().text;
  return fmt::format("{} {}", frame->event_time.ms, std::visit(words_of_body{}, frame->body));
}

std::string words_of(const result<std::vector<mark_row>>& rows) {
  if (!rows)
    return "refused: " + rows.error().text;
  std::string text;
  for (const auto& row : *rows) {
    require(row.mark.sign() > 0 && parse_symbol(row.instrument.str()).has_value(),
            "a mark is above zero, and one of a symbol");
    text += fmt::format("{} {} {}\n", row.instrument.str(), row.mark.str(), row.event_time.ms);
  }
  return text;
}

template <class Parse>
void check_frame(std::string_view input, Parse parse) {
  const auto read = parse(input);
  const auto words = words_of(read);
  if (!read) {
    require(read.error().code == errc::malformed, "what is no frame is malformed");
    return;
  }
  const auto text = input.substr(0, input.find_last_not_of(" \t\r\n") + 1);
  require(words_of(parse(text.substr(0, some_place(input, text.size())))).starts_with("refused"),
          "a frame that was cut is none");
  require(words_of(parse(input)) == words, "a frame says the same twice");
  // One that may be wrapped itself is not wrapped again, and one that is nested to the limit cannot
  // be.
  const auto depth =
      std::count(input.begin(), input.end(), '[') + std::count(input.begin(), input.end(), '{');
  if (input.find("data") != std::string_view::npos || input.find('\\') != std::string_view::npos ||
      depth > 500)
    return;
  const auto wrapped = fmt::format(R"({{"stream":"s","data":{}}})", text);
  require(words_of(parse(wrapped)) == words, "a wrapped frame says the same");
}

/// Lines are frames: those that begin with '+' came over the new connection, the others over the
/// old one.
void check_overlap(std::string_view input) {
  overlap_merge merge;
  overlap_merge::frames old_frames;
  overlap_merge::frames new_frames;
  overlap_merge::frames passed;
  const auto pass = [&](overlap_merge::frames more) {
    for (auto& f : more)
      passed.push_back(std::move(f));
  };
  while (!input.empty()) {
    const auto line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    const bool is_new = line.starts_with('+');
    const std::string frame{is_new ? line.substr(1) : line};
    (is_new ? new_frames : old_frames).push_back(frame);
    pass(is_new ? merge.from_new({frame}) : merge.from_old({frame}));
  }
  require(passed == old_frames, "while both are there the old connection leads");
  pass(merge.finish());
  for (const auto& f : new_frames) {
    const auto of_new = std::count(new_frames.begin(), new_frames.end(), f);
    const auto of_old = std::count(old_frames.begin(), old_frames.end(), f);
    require(std::count(passed.begin(), passed.end(), f) == std::max(of_new, of_old),
            "what both brought passes once, and nothing is lost");
  }
  require(merge.from_new({"last"}) == overlap_merge::frames{"last"} ||
              std::count(old_frames.begin(), old_frames.end(), "last") != 0,
          "once the old connection is gone the new one is all there is");
}

}  // namespace

void check(std::string_view input) {
  check_frame(input, &parse_user_frame);
  check_frame(input, &parse_mark_frame);
  check_overlap(input);
}

}  // namespace sluice::fuzz
