// Tells what a drift is: by the fills seen, by what may still be under way, by tolerance.
#include "sluice/ledger/drift.hpp"

namespace sluice {

std::string_view to_string(drift_kind k) {
  switch (k) {
    case drift_kind::none:
      return "none";
    case drift_kind::explained:
      return "explained";
    case drift_kind::pending:
      return "pending";
    case drift_kind::foreign:
      return "foreign";
    case drift_kind::unexplained:
      return "unexplained";
    case drift_kind::side_flip:
      return "side_flip";
    case drift_kind::unledgered:
      return "unledgered";
  }
  return "?";
}

std::string_view to_string(drift_action a) {
  switch (a) {
    case drift_action::nothing:
      return "nothing";
    case drift_action::adopt:
      return "adopt";
    case drift_action::place_hold:
      return "place_hold";
    case drift_action::release_hold:
      return "release_hold";
  }
  return "?";
}

drift_kind classify(const drift_input& in, const std::optional<evidence_run>& run, bool all_ours,
                    const reconcile_settings& settings) {
  if (!is_known(in.seen.content) || in.order_unresolved)
    return drift_kind::pending;
  const quantity actual = amount_of(in.seen.content);
  if (!in.line && actual.is_zero())
    return drift_kind::none;
  if (!in.line)
    return run && all_ours ? drift_kind::explained : drift_kind::unledgered;
  if (in.line->last_fill_at && in.seen.as_of <= *in.line->last_fill_at)
    return drift_kind::pending;
  const quantity booked = in.line->amount;
  const quantity drift = actual - booked;
  if (drift.is_zero())
    return drift_kind::none;
  if (run && all_ours)
    return drift_kind::explained;
  if (actual.sign() * booked.sign() < 0)
    return drift_kind::side_flip;
  if (run)
    return drift_kind::foreign;
  if (drift.abs() <= drift_tolerance(actual, booked, in.step, settings.tolerance_percent))
    return drift_kind::none;
  return drift_kind::unexplained;
}

}  // namespace sluice
