// The past is read from the journal, the present comes by message; a record can come by both.
#include "event_readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "sluice/journal/record_json.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

struct past {
  std::vector<status::event_frame> frames{};
  std::int64_t has{0};
};

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number < 0)
    return std::nullopt;
  return number;
}

/// Its id is the last record that is missing, so that whoever comes back goes on behind it.
status::event_frame gap(std::int64_t from, std::int64_t to) {
  return status::make_event(std::to_string(to), "gap",
                            fmt::format(R"({{"from":{},"to":{}}})", from, to));
}

result<past> past_after(std::int64_t after, std::int64_t newest, journal::reader& reader) {
  past out;
  // An id that is still to come is of another journal: nothing that this one holds is known there.
  const auto known = after > newest ? 0 : after;
  const auto first = std::max(known, newest - past_events_max);
  const auto found = reader.events_after(first, past_events_max);
  if (!found)
    return found.error();
  const auto told = found->empty() ? newest + 1 : found->front().seq;
  if (told > known + 1)
    out.frames.push_back(gap(known + 1, told - 1));
  for (const auto& e : *found)
    out.frames.push_back(status::make_event(std::to_string(e.seq), e.kind, e.json));
  out.has = found->empty() ? newest : found->back().seq;
  return out;
}

}  // namespace

void event_readers::open(const status::request& asked, const status::responder& reply,
                         journal::reader& reader) {
  const auto refuse = [&](std::string field) {
    reply(status::problem_response(
        {400, "invalid_query", {}, {}, {{std::move(field), "takes the number of a record"}}}));
  };
  const auto newest = reader.last_seq();
  if (!newest)
    return reply(status::problem_response(503, newest.error().text));
  std::optional<std::int64_t> after;
  if (!asked.last_event_id.empty()) {
    after = number_in(asked.last_event_id);
    if (!after)
      return refuse("Last-Event-ID");
  } else if (const auto last = asked.query.find("last")) {
    const auto wanted = number_in(*last);
    if (!wanted)
      return refuse("last");
    after = std::max<std::int64_t>(0, *newest - std::min(*wanted, past_events_max));
  }
  past before;
  if (after) {
    auto read = past_after(*after, *newest, reader);
    if (!read)
      return reply(status::problem_response(503, read.error().text));
    before = std::move(*read);
  }
  readers_.push_back({reply.stream(std::move(before.frames)), before.has});
}

void event_readers::tell(const record& r) {
  if (readers_.empty())
    return;
  const auto frame =
      status::make_event(std::to_string(r.seq), kind_of(r.body), journal::to_json(r));
  readers_.remove_if(
      [&](const one& reader) { return r.seq > reader.has && !reader.channel->send(frame); });
}

}  // namespace sluice::actors
