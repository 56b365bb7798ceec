// The keys of [protective_stops] and [dead_man]: what the venue does when we cannot act.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

section describe_protective_stops(stop_settings& s) {
  section_builder b{"protective_stops",
                    "A STOP_MARKET order with closePosition for each open position, kept at the "
                    "venue for when this process cannot act."};
  b.flag(
      {"enabled",
       "true: one is kept for each open position. false: none is placed, and what an earlier run "
       "left is cancelled once its position is closed. In mode shadow nothing is sent either "
       "way."},
      s.enabled);
  b.integer(
      {"distance_bp",
       "Distance of the stop from the entry in basis points, 1/100 %, where neither the plan nor "
       "[exits] gives one. Else the stop is theirs, moved to the next tick towards the entry."},
      s.distance_bp, {1, 9'999});
  b.integer({"tolerance_bp",
             "A stop that is off what is wanted by no more than this stays. Basis points."},
            s.tolerance_bp, {0, 1'000});
  b.duration(
      {"audit_period",
       "How often the account's open conditional orders are read, besides after events that tell "
       "of ours. The list costs weight 40, so 60s costs 40 of the venue's 2400 a minute, and 10s "
       "costs 240; placing one costs none, cancelling one and asking for one cost 1 each."},
      s.audit_period, {seconds{5}, hours{1}});
  b.duration({"grace",
              "How long an open position may be without a stop at the venue before the process is "
              "not ready for it and a person is told."},
             s.grace, {seconds{1}, minutes{10}});
  b.duration({"retry_after",
              "Pause after the venue refused a stop; twice as long after each further refusal, up "
              "to sixteen times, but not where it was busy or away."},
             s.retry_after, {milliseconds{500}, minutes{10}});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

section describe_dead_man(dead_man_settings& s) {
  section_builder b{
      "dead_man",
      "The venue's own countdown for symbols on which orders of ours are open: it "
      "cancels all regular orders of the symbol, those of others too, when no more signs "
      "of life come. Whether it spares conditional orders, such as protective stops, "
      "the exchange does not say: try it on the testnet before both are used."};
  b.flag({"enabled", "true: signs of life are given, except in mode shadow."}, s.enabled);
  b.duration({"after", "How long after the last sign the venue cancels."}, s.after,
             {seconds{5}, hours{1}});
  b.duration({"refresh",
              "How often a sign is given for each armed symbol; less than half of after, so that "
              "one may be lost. A sign costs weight 10: 8 symbols every 20s cost 240 of the "
              "venue's 2400 a minute. More than 20 percent of the limit is refused."},
             s.refresh, {seconds{1}, hours{1}});
  b.integer({"symbols_max", "Symbols that are armed at once, at most; others are left out."},
            s.symbols_max, {1, 200});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
