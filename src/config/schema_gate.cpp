// The keys of [gate]: what is allowed, on which evidence.
#include "builder.hpp"
#include "describe.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto live = changes::at_reload;
constexpr range<milliseconds> up_to_a_day{milliseconds{1}, hours{24}};

result<source_id> read_source(std::string_view text) {
  auto id = parse_source_id(text);
  if (!id)
    return fail(errc::invalid_value, fmt::format("{} is no source", echoed(text)));
  return id;
}

std::string source_text(const source_id& id) {
  return id.str();
}

void describe_limits(section_builder& b, gate_limits& s) {
  b.duration(
      {"stale_after_exit",
       "A reduce plan is not judged on older truth; an urgent read is asked for instead.", live},
      s.stale_after_exit, up_to_a_day);
  b.duration({"stale_after_entry", "The same for open plans.", live}, s.stale_after_entry,
             up_to_a_day);
  b.duration(
      {"cooldown",
       "An open plan waits this long after our last fill on the position, so that one signal "
       "seen twice does not trade twice.",
       live},
      s.cooldown, {milliseconds{0}, hours{24}});
  b.duration(
      {"mark_stale_after", "An open plan is not sized or limited by an older mark price.", live},
      s.mark_stale_after, up_to_a_day);
  b.flag({"allow_add", "Whether an open plan may add to a position of its own side.", live},
         s.allow_add);
  b.flag(
      {"hold_blocks_reduce",
       "Whether a hold stops exits too. Rarely right: a clamped reduce is safe by itself.", live},
      s.hold_blocks_reduce);
}

void describe_parking(section_builder& b, gate_settings& s) {
  b.flag({"read_on_demand",
          "Whether a plan that a fresh read would let through waits for one. Without it such a "
          "plan is denied at once, exits too: only mode demo takes false."},
         s.read_on_demand);
  b.duration(
      {"permit_ttl",
       "How long a permit may be used after it was given; never past the plan's deadline. An "
       "exit whose intent became durable later than that still goes, once a truth read since "
       "shows the same position."},
      s.permit_ttl, up_to_a_day);
  b.duration(
      {"park_entry",
       "How long an open plan may wait for a read that would cure its refusal; a reduce plan "
       "waits until its deadline.",
       live},
      s.park_entry, {milliseconds{0}, hours{24}});
  b.integer({"parked_exit_max",
             "Reduce plans waiting for a read at once; the next is denied, unless it had a permit "
             "before or is one of our own."},
            s.parked_exit_max, {1, 100'000});
  b.integer({"parked_entry_max", "Open plans waiting for a read at once; the next is denied."},
            s.parked_entry_max, {1, 100'000});
  b.duration(
      {"read_retry",
       "Pause before a read is asked for again that failed, or did not show yet what an order "
       "did.",
       live},
      s.read_retry, {milliseconds{10}, hours{24}});
  b.duration(
      {"read_lost_after", "A read that was asked for and never answered counts as lost.", live},
      s.read_lost_after, {milliseconds{10}, hours{24}});
}

}  // namespace

section describe_gate(gate_settings& s) {
  constexpr std::string_view takes =
      "a list of sources of 1 to 32 letters, digits or one of \"._:-\" each";
  section_builder b{"gate", "What is allowed, on which evidence."};
  describe_limits(b, s.limits);
  describe_parking(b, s);
  b.list_of<source_id>({"exit_sources",
                        "Who may send reduce plans; empty means anybody. Our own exit engine and "
                        "reconciler always may."},
                       s.exit_sources, takes, &read_source, &source_text);
  b.list_of<source_id>({"entry_sources", "The same for open plans."}, s.entry_sources, takes,
                       &read_source, &source_text);
  b.word({"unlisted_source",
          "What becomes of a plan whose source is not on its list. deny: it is refused. "
          "permit_decides: the other rules alone decide."},
         s.unlisted_source,
         {{"deny", unlisted_policy::deny}, {"permit_decides", unlisted_policy::permit_decides}});
  b.text(
      {"halt_file",
       "While a file of this name exists nothing is allowed; its first line is the reason. \"\": "
       "\"halt\" in journal.state_dir."},
      s.halt_file, "a path in quotes");
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
