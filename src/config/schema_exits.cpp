// The keys of [exits] and of its tables for single symbols and sources.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto live = changes::at_reload;
constexpr milliseconds year = hours{24 * 365};

void describe_levels(section_builder& b, exit_policy& p) {
  b.flag({"enabled", "false: positions are watched, but nothing is proposed and no stop is moved.",
          live},
         p.enabled);
  b.integer(
      {"stop_bp",
       "Distance of the stop from the entry in basis points, 1/100 %; 0 for no stop. A plan's "
       "own stop goes before it. The distance of a position's first stop is what one r is.",
       live},
      p.stop_bp, {0, 9'999});
  b.integer({"target_bp", "Distance of the target from the entry in basis points; 0 for no target.",
             live},
            p.target_bp, {0, 1'000'000});
  b.duration({"time_limit", "How long a position may stand; \"0s\" for without end.", live},
             p.time_limit, {milliseconds{0}, year});
  b.integer({"liquidation_buffer_bp",
             "A position is closed when its mark is this near to the price at which the venue "
             "would liquidate it, in basis points of the mark; 0 for never. At 125 times leverage "
             "a position begins about 40 from it.",
             live},
            p.liquidation_buffer_bp, {0, 5'000});
}

void describe_reasons(section_builder& b, exit_policy& p) {
  const auto hundred = ratio::whole(100);
  b.decimal({"loss_limit_r",
             "A position is closed at this loss, fees and funding included, in r; \"0\" for never. "
             "Above 1, so that the stop comes first.",
             live},
            p.loss_limit_r, {ratio{}, hundred});
  b.decimal(
      {"kill_score_at",
       "A position is closed from this kill score on; \"1\" for never. The score is 0.12 for a "
       "calm young position and grows when a source wants the other side (to 0.27), when the "
       "market is restless (twice as much as usual: + 0.5 in the exponent), goes nowhere or "
       "against it, and with age; it is at most 0.63.",
       live},
      p.kill_score_at, {ratio::from_raw(20'000'000), ratio::whole(1)});
  b.duration({"flip_window",
              "How long the plan of an allowed source for the other side counts in the score; "
              "\"0s\" for not at all.",
              live},
             p.flip_window, {milliseconds{0}, hours{24}});
  b.duration({"time_stop",
              "A position that has stood this long is closed unless it has gained "
              "time_stop_min_r; \"0s\" for never.",
              live},
             p.time_stop, {milliseconds{0}, year});
  b.decimal({"time_stop_min_r", "The gain in r that lets a position stand longer.", live},
            p.time_stop_min_r, {ratio{}, hundred});
}

void describe_gains(section_builder& b, exit_policy& p) {
  const auto hundred = ratio::whole(100);
  b.decimal({"trail_after_r",
             "Once the best mark was worth this gain in r, the stop follows the best mark.", live},
            p.trail_after_r, {ratio{}, hundred});
  b.decimal({"trail_distance_r", "How far behind the best mark, in r; \"0\" for not at all.", live},
            p.trail_distance_r, {ratio{}, hundred});
  b.decimal({"peak_step_r",
             "By how much a mark has to be better than the best one before it is remembered as "
             "that, in r. Each time costs a record, and a new stop at the exchange while it "
             "trails.",
             live},
            p.peak_step_r, {ratio::from_raw(1'000'000), ratio::whole(10)});
  b.decimal({"break_even_after_r",
             "From this gain in r on the stop is where closing costs nothing, fees and funding "
             "included; \"0\" for never.",
             live},
            p.break_even_after_r, {ratio{}, hundred});
  b.integer({"exit_fee_bp",
             "What the closing order's own fee is taken to be there, in basis points of its value.",
             live},
            p.exit_fee_bp, {0, 100});
  b.list_of({"tranches",
             "What is taken of a gain, each part once: percent of the largest amount that the "
             "position has had, and the gain in r from which on.",
             live},
            p.tranches,
            "a list of texts like \"25% at 1.5r\", levels rising, 100% at most together",
            &parse_tranche, &format_tranche);
}

void describe_policy(section_builder& b, exit_policy& p) {
  describe_levels(b, p);
  describe_reasons(b, p);
  describe_gains(b, p);
}

void describe_table(section_builder& b, exit_policy& p) {
  describe_policy(b, p);
  b.validate([&p] { return p.validate(); });
}

std::optional<std::string> check_symbol(std::string_view text) {
  const auto parsed = parse_symbol(text);
  return parsed ? std::nullopt : std::optional{parsed.error().text};
}
std::optional<std::string> check_source(std::string_view text) {
  const auto parsed = parse_source_id(text);
  return parsed ? std::nullopt : std::optional{parsed.error().text};
}

void describe_regime(section_builder& b, regime_windows& w) {
  const range<milliseconds> allowed{minutes{5}, hours{24 * 7}};
  b.duration({"volatility_window",
              "Over how many samples, one a minute, the restlessness of now is averaged.", live},
             w.volatility, allowed);
  b.duration({"baseline_window", "The same for what it is compared with.", live}, w.baseline,
             allowed);
  b.duration({"trend_window", "The same for the strength of the trend.", live}, w.trend, allowed);
}

}  // namespace

section describe_exits(exit_settings& s) {
  section_builder b{"exits", "When positions are closed that say nothing of it themselves."};
  describe_policy(b, s);
  describe_regime(b, s.regime);
  b.duration(
      {"retry_after",
       "Pause before an exit is proposed again when its plan has ended and the position still "
       "stands.",
       live},
      s.retry_after, {milliseconds{100}, minutes{10}});
  b.duration({"retry_after_max",
              "The same pause doubles up to this while an exit cannot be carried out as things "
              "stand: trading is halted, the mode is shadow, the symbol does not trade. When that "
              "changes, retry_after holds again.",
              live},
             s.retry_after_max, {milliseconds{100}, hours{1}});
  b.duration({"plan_ttl", "How long the plan of an exit lives.", live}, s.plan_ttl,
             {seconds{1}, hours{1}});
  const auto start = [&s] { return static_cast<const exit_policy&>(s); };
  b.tables<exit_policy>({"symbols", "For positions of one symbol. It goes before a source's table.",
                         "BTCUSDT", &check_symbol},
                        s.symbols, start, &describe_table);
  b.tables<exit_policy>(
      {"sources", "For positions that plans of one source opened.", "alpha", &check_source},
      s.sources, start, &describe_table);
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
