// The keys of [reconcile], [executor] and [flatten]: books, orders, and exits that an operator
// orders.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto live = changes::at_reload;

}  // namespace

section describe_reconcile(reconcile_settings& s) {
  section_builder b{"reconcile", "How our ledger is compared with the truth."};
  b.duration(
      {"quiet_window",
       "How long a drift must have stood, with no fill of ours in between, before it becomes "
       "a hold: fills and reads arrive in any order.",
       live},
      s.quiet_window, {milliseconds{0}, minutes{10}});
  b.integer({"confirmations",
             "Newer reads that must show the drift again before it becomes a hold.", live},
            s.confirmations, {1, 100});
  b.duration({"period", "How often every position is compared, besides on each change.", live},
             s.period, {milliseconds{100}, minutes{10}});
  b.word(
      {"foreign",
       "What becomes of the ledger when somebody else traded the position. adopt: it follows the "
       "truth. hold: increases stop until the drift is gone or a person releases the hold.",
       live},
      s.foreign, {{"adopt", foreign_policy::adopt}, {"hold", foreign_policy::hold}});
  b.integer({"tolerance_percent",
             "Drift that is let pass between two amounts of one side: this share of the truth, or "
             "one step if that is more. Percent.",
             live},
            s.tolerance_percent, {0, 10});
  b.duration(
      {"evidence_window",
       "How far back, from the first sight of a drift or from the last agreement if that was "
       "earlier, a trade may lie and still explain it.",
       live},
      s.evidence_window, {seconds{1}, hours{24}});
  b.duration(
      {"close_max",
       "The longest time for which an operator may let the reconciler close, reduce-only and "
       "once per cause, what the exchange holds beyond the ledger. \"0s\": never.",
       live},
      s.close_max, {milliseconds{0}, hours{24}});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

section describe_executor(settings& all) {
  auto& s = all.executor;
  section_builder b{"executor",
                    "How orders are sent, and what follows when their outcome is unknown."};
  b.duration({"order_timeout",
              "How long the placing of an order may take; then its outcome is unknown and it is "
              "asked about."},
             s.order_timeout, {milliseconds{100}, minutes{1}});
  b.duration(
      {"recv_window",
       "How long after its timestamp the venue may accept an order. Short: proof that an order "
       "never arrived rests on it."},
      s.recv_window, {milliseconds{100}, seconds{5}});
  b.durations(
      {"query_delays",
       "When an order without a final word is asked about, counted from the doubt; the last "
       "one repeats."},
      s.query_delays, {milliseconds{10}, minutes{10}});
  b.duration({"fills_wait",
              "How long the fills of a finished order may be missing before they are read. So long "
              "whatever comes next for its position waits, too."},
             s.fills_wait, {milliseconds{0}, minutes{1}});
  b.duration({"unknown_alert_after", "How long an order may be unknown before a person is told."},
             s.unknown_alert_after, {seconds{1}, minutes{10}});
  b.integer(
      {"exit_collar_bp",
       "How far from the mark the first order of an exit may trade, in basis points, 1/100 %: "
       "it is then a LIMIT order that fills at once what it can. What it leaves is sent as "
       "MARKET. 0 for MARKET at once."},
      s.exit_collar_bp, {0, 1'000});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

section describe_flatten(flatten_settings& s) {
  section_builder b{"flatten", "How long an operator's order to close everything is followed."};
  b.duration(
      {"give_up_after",
       "How long a flatten tries to close everything; then it ends and says what stands and why."},
      s.give_up_after, {seconds{10}, hours{24}});
  b.duration({"retry_after",
              "Pause before a close, a read or a cancel is tried again while something stands."},
             s.retry_after, {milliseconds{100}, minutes{1}});
  b.duration(
      {"plan_ttl", "How long the plan of one close lives, at most to the end of the flatten."},
      s.plan_ttl, {seconds{1}, hours{1}});
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
