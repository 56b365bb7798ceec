// The keys of [intake] and [planner]: how plans come in, and what becomes of two that want the
// same.
#include "builder.hpp"
#include "describe.hpp"
#include "sluice/domain/ids.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;

constexpr range<milliseconds> up_to_a_day{milliseconds{1}, hours{24}};

std::optional<std::string> check_source(std::string_view name) {
  const auto id = parse_source_id(name);
  if (!id)
    return id.error().text;
  if (is_own_source(*id))
    return "is one of this process's own sources";
  return std::nullopt;
}

result<lane> read_lane(std::string_view text) {
  for (const auto l : {lane::exit, lane::entry})
    if (to_string(l) == text)
      return l;
  return fail(errc::invalid_value, "takes exit and entry");
}

std::string lane_text(const lane& l) {
  return std::string{to_string(l)};
}

void describe_source(section_builder& b, source_settings& s) {
  b.file({"token_file",
          "Holds the token that its requests show as \"Authorization: Bearer ...\": one, of 16 "
          "characters or more; mode 0600. Lines of intake.file show none. \"\": it needs none."},
         s.token_file);
  b.list_of<lane>({"lanes", "exit: it may send reduces and cancels. entry: it may send opens."},
                  s.lanes, "a list of \"exit\" and \"entry\"", &read_lane, &lane_text);
  b.integer({"plans_per_second_max", "Plans of each lane in the long run; 0: no limit."},
            s.plans_per_second_max, {0, 1'000'000});
  b.integer({"plans_burst_max",
             "Plans of each lane at once after a pause; 0: as many as plans_per_second_max says."},
            s.plans_burst_max, {0, 1'000'000});
  b.integer({"open_plans_max", "Plans of each lane without a verdict at once; 0: no limit."},
            s.open_plans_max, {0, 1'000'000});
  b.flag({"require_created_at", "As in [intake], for this source."}, s.require_created_at);
}

}  // namespace

section describe_intake(intake_settings& s) {
  section_builder b{"intake", "How plans come in, and how many may wait."};
  b.duration({"default_ttl", "How long a plan lives that names neither ttl nor deadline."},
             s.default_ttl, up_to_a_day);
  b.duration({"max_ttl", "No plan lives longer after its receipt; a later deadline is cut to it."},
             s.max_ttl, up_to_a_day);
  b.duration(
      {"max_age",
       "A plan created earlier than this is refused: a replayed backlog is never carried out."},
      s.max_age, up_to_a_day);
  b.duration({"max_clock_lead",
              "How far an open plan's creation may lie in our future: what a producer's clock may "
              "be off."},
             s.max_clock_lead, {milliseconds{0}, hours{1}});
  b.integer({"entry_queue_max", "Open plans waiting at once; further ones are turned away."},
            s.entry_queue_max, {1, 1'000'000});
  b.integer(
      {"exit_queue_max", "Reduce plans waiting at once; open plans cannot take their places."},
      s.exit_queue_max, {1, 1'000'000});
  b.integer({"plans_per_request_max", "Plans in one request."}, s.plans_per_request_max,
            {1, 1'000});
  b.integer({"remembered_ids_max",
             "Plan ids remembered, so that a repetition is recognised; 32 bytes of memory each."},
            s.remembered_ids_max, {1'000, 100'000'000});
  b.flag({"require_created_at",
          "Whether a plan that does not say when it was made is refused, since nobody could tell "
          "how old it is."},
         s.require_created_at);
  b.text({"file",
          "A file or pipe of JSON lines to follow for plans, \"-\" for standard input; \"\" for "
          "none."},
         s.file, "a path in quotes");
  b.text({"dead_letter_file",
          "Lines of it that were refused are written here, with their number and why; \"\" for "
          "nowhere."},
         s.dead_letter_file, "a path in quotes");
  b.byte_size(
      {"dead_letter_size_max",
       "That file is renamed to \"<file>.1\" when it would grow past this; one such is kept."},
      s.dead_letter_size_max, {64UL * 1024, 1UL << 40});
  b.word({"unlisted_source",
          "What becomes of plans of a source that has no table below, once any has one. take: they "
          "come in as before. refuse: 403. Which sources the gate allows is a question of its own, "
          "see gate.exit_sources."},
         s.unlisted_source, {{"take", unlisted_intake::take}, {"refuse", unlisted_intake::refuse}});
  b.tables<source_settings>(
      {"sources",
       "What one source may send, and how much. Quotas are counted for exits and for entries "
       "apart.",
       "alpha", &check_source},
      s.sources,
      [&s] {
        source_settings fresh;
        fresh.require_created_at = s.require_created_at;
        return fresh;
      },
      &describe_source);
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

section describe_planner(planner_settings& s) {
  section_builder b{"planner", "What becomes of two plans that want the same."};
  b.duration(
      {"duplicate_window",
       "An open plan under another id that wants what its source wanted less than this before is "
       "answered with that plan's verdict, unless it came to nothing. \"0s\": never. Exits are "
       "never taken for duplicates."},
      s.duplicate_window, {milliseconds{0}, hours{1}});
  b.word(
      {"second_entry",
       "What becomes of an open plan while another one of its symbol has not ended. refuse: it is "
       "not accepted. supersede: an older one of the same source is withdrawn if no order of it "
       "has left."},
      s.second_entry,
      {{"refuse", second_entry_policy::refuse}, {"supersede", second_entry_policy::supersede}});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
