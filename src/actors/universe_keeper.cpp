// Periodic reads of the venue's rules, of the account's settings and of the clock.
#include "sluice/actors/universe_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "preflight.hpp"
#include "sluice/truth/universe_tiers.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

using universe_reply = std::shared_ptr<const read_result<universe>>;
using settings_reply = std::shared_ptr<const read_result<account_settings>>;
using clock_reply = std::shared_ptr<const read_result<clock_offset>>;

constexpr milliseconds pause_min{500};
constexpr milliseconds pause_max{15'000};
constexpr milliseconds read_timeout{10'000};
/// Somebody who changes one setting often changes many.
constexpr milliseconds settings_gathered{1'000};
/// From one read of the margin to the next, however many ask.
constexpr milliseconds margin_pause{1'000};
/// Until the clock is measured again that is known too roughly to trade by: a busy moment, mostly.
constexpr milliseconds rough_clock_pause{2'000};
constexpr milliseconds record_period{60'000};
constexpr std::size_t names_told_max = 20;

class universe_keeper : public stage<universe_keeper_actor> {
 public:
  universe_keeper(caf::actor_config& config, services given, universe_keeper_options options)
      : stage(config, std::move(given)),
        settings_(std::move(options.settings)),
        recv_window_(options.recv_window),
        margin_period_(options.margin_period),
        tiers_(settings_) {
    if (!options.last_good_fault.empty())
      log().warn("universe", "last_good_unusable", {{"why", options.last_good_fault}});
    if (options.last_good)
      remember(std::move(*options.last_good));
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) { run(); },
        [this](const meet& m) {
          met(m);
          publish();
          ask_universe();
          ask_settings();
          ask_clock();
          if (margin_period_)
            ask_margin();
        },
        [this](const universe_reply& reply) { take(*reply); },
        [this](const settings_reply& reply) { take(*reply); },
        [this](const clock_reply& reply) { take(*reply); },
        [this](const margin_answered& reply) { take(reply); },
        [this](const settings_touched& touched) { settings_changed(touched); },
        [this](const read_anew& wanted) {
          if (wanted.symbols)
            read_again();
          if (wanted.settings && settings_due_ != instant::max())
            settings_due_ = now();
          if (wanted.margin_from)
            margin_wanted(*wanted.margin_from);
          wake();
        },
        [this](const allowed_symbols_changed& change) { allow(change.now); },
        [this](const margin_period_changed& change) { read_margin_each(change.now); },
    };
  }

 private:
  void remember(journal::kept_universe kept) {
    const auto at = now_stamp();
    const milliseconds age{std::max<std::int64_t>(at.wall.ms - kept.read_at.ms, 0)};
    recorded_ = content_hash(kept.content);
    record_due_ = at.steady - duration{age} + duration{record_period};
    tiers_.keep_last_good(std::move(kept.content), at.steady - duration{age});
  }

  /// What somebody changed is read soon, not only with the next round; many changes in one read.
  void settings_changed(const settings_touched& touched) {
    log().limited("settings", status::log_level::warn, "universe", "account_settings_changed",
                  {{"what", touched.what}});
    journal({notice{"account_settings_changed", touched.what}});
    touched_at_ = now();
    if (settings_due_ != instant::max())  // Else one is under way; see its reply.
      settings_due_ = std::min(settings_due_, now() + duration{settings_gathered});
    wake();
  }

  /// What is under way may be from before whatever it is asked for.
  void read_again() {
    again_ = universe_due_ == instant::max();
    if (!again_)
      universe_due_ = now();
  }

  void ask_universe() {
    again_ = false;
    universe_due_ = instant::max();
    given_.exchange->read_universe(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<universe> r) {
          caf::anon_send(self, std::make_shared<const read_result<universe>>(std::move(r)));
        });
  }

  void ask_settings() {
    settings_due_ = instant::max();
    asked_at_ = now();
    ask_order_limits();
    given_.exchange->read_settings(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<account_settings> r) {
          caf::anon_send(self, std::make_shared<const read_result<account_settings>>(std::move(r)));
        });
  }

  void ask_clock() {
    clock_due_ = instant::max();
    given_.exchange->read_clock(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<clock_offset> r) {
          caf::anon_send(self, std::make_shared<const read_result<clock_offset>>(std::move(r)));
        });
  }

  /// In force by what is known; read anew soon, to see whether the venue lists them.
  void allow(const std::vector<std::string>& names) {
    settings_.allow = names;
    tiers_.allow(names);
    publish();
    if (universe_due_ != instant::max())  // Else one is under way.
      universe_due_ = now();
    wake();
  }

  /// A limit that needs the margin was set or taken away while the process runs.
  void read_margin_each(std::optional<milliseconds> period) {
    const bool begins = period && !margin_period_;
    margin_period_ = period;
    if (begins)
      ask_margin();
    else if (margin_due_ != instant::max())  // Else one is under way; see its reply.
      margin_due_ = period ? std::min(margin_due_, now() + duration{*period}) : instant::max();
    wake();
  }

  void margin_wanted(instant from) {
    margin_from_ = std::max(margin_from_, from);
    hurry_margin();
  }

  /// One under way is waited for; after a failure its pause, which may be a ban's, is kept. What is
  /// sent before it can show what it is asked for would only be sent again.
  void hurry_margin() {
    if (margin_due_ != instant::max() && !margin_failed_ && margin_sent_ <= margin_from_)
      margin_due_ = std::min(margin_due_, std::max(margin_sent_ + duration{margin_pause},
                                                   margin_from_ + duration{milliseconds{1}}));
  }

  void ask_margin() {
    margin_due_ = instant::max();
    margin_sent_ = now();
    given_.exchange->read_margin(
        {read_class::entry_demand, read_timeout},
        [self = universe_keeper_actor{this}, sent = now()](read_result<margin_summary> r) {
          caf::anon_send(
              self, margin_answered{
                        sent, std::make_shared<const read_result<margin_summary>>(std::move(r))});
        });
  }

  void take(const margin_answered& reply) {
    const auto& read = *reply.outcome;
    margin_failed_ = !read;
    if (read) {
      margin_due_ = margin_period_ ? now() + duration{*margin_period_} : instant::max();
      hurry_margin();
      send(peers_->gate,
           margin_seen{{read->margin, read->initial, reply.sent_at, read->of_usdt_alone}});
    } else {
      margin_due_ = after_failure("margin_failed", read.error());
    }
    wake();
  }

  /// The client obeys them as soon as it has them; exchangeInfo's hold until then.
  void ask_order_limits() {
    given_.exchange->read_order_limits({read_class::routine, read_timeout},
                                       [log = given_.log](read_result<std::vector<venue_limit>> r) {
                                         if (!r)
                                           log->limited("order_limits", status::log_level::warn,
                                                        "universe", "order_limits_not_read",
                                                        {{"why", r.error().text}});
                                       });
  }

  void take(const read_result<universe>& reply) {
    if (reply) {
      pause_ = pause_min;
      universe_due_ = again_ ? now() : now() + duration{settings_.refresh};
      report(preflight_part::symbols, check_symbols(settings_, *reply));
      keep(*reply);
      if (const auto changes = tiers_.read(*reply); changes && !changes->none())
        tell(*changes);
      publish();
    } else {
      universe_due_ = after_failure("universe_failed", reply.error());
    }
    wake();
  }

  /// Each new content is a record, and at most once a minute that it is still so.
  void keep(const universe& u) {
    const auto at = now_stamp();
    const auto hash = content_hash(u);
    const bool is_new = recorded_ != hash;
    if (!is_new && at.steady < record_due_)
      return;
    recorded_ = hash;
    record_due_ = at.steady + duration{record_period};
    journal({universe_kept{at.wall, hash, is_new ? std::make_shared<const universe>(u) : nullptr}});
  }

  void tell(const universe_difference& d) {
    const auto names = [](const std::vector<symbol>& all) {
      std::string text;
      for (std::size_t i = 0; i < std::min(all.size(), names_told_max); ++i)
        text += (i == 0 ? "" : ",") + all[i].str();
      if (all.size() > names_told_max)
        text += fmt::format(" and {} more", all.size() - names_told_max);
      return text;
    };
    log().info("universe", "universe_changed",
               {{"listed", names(d.listed)},
                {"delisted", names(d.delisted)},
                {"changed", names(d.changed)}});
    journal({notice{"universe_changed",
                    fmt::format("listed: {}; delisted: {}; changed: {}", names(d.listed),
                                names(d.delisted), names(d.changed))}});
  }

  /// Puts into force what the tiers say, when that is not in force already.
  void publish() {
    auto next = tiers_.in_force(now());
    if (!next)
      return;
    const bool known = next->source != universe_source::none;
    const auto offered = std::ranges::count_if(next->instruments, &instrument_rules::offered);
    const auto at = now_stamp();
    const bool was_read = next->read_at != instant{};
    const auto age = was_read ? between(next->read_at, at.steady) : milliseconds{0};
    const bool stale = next->source != universe_source::live;
    log().limited(to_string(next->source),
                  stale ? status::log_level::warn : status::log_level::info, "universe", "universe",
                  {{"source", to_string(next->source)},
                   {"stale", stale},
                   {"count", next->instruments.size()},
                   {"offered", offered},
                   {"as_of", was_read ? format_rfc3339(wall_time{at.wall.ms - age.count()})
                                      : std::string{"never"}},
                   {"age", age}});
    given_.universe->set(next);
    if (!known)
      return;
    send(peers_->snapshot_manager, universe_refreshed{next});
    send(peers_->gate, universe_refreshed{std::move(next)});  // May have one of them read.
  }

  void take(const read_result<account_settings>& reply) {
    if (reply) {
      // A change while the read was under way may not be in it.
      const bool again = touched_at_ >= asked_at_ && touched_at_ != instant{};
      settings_due_ = now() + duration{again ? settings_gathered : settings_.refresh};
      report(preflight_part::account, check_account(*reply));
    } else {
      settings_due_ = after_failure("settings_failed", reply.error());
    }
    wake();
  }

  void take(const read_result<clock_offset>& reply) {
    if (reply) {
      auto found = check_clock(*reply, recv_window_);
      const bool rough = std::ranges::any_of(
          found, [](const finding& f) { return f.kind == finding_kind::blocks; });
      clock_due_ = now() + duration{rough ? std::min(rough_clock_pause, settings_.refresh)
                                          : settings_.refresh};
      report(preflight_part::clock, std::move(found));
    } else {
      clock_due_ = after_failure("clock_failed", reply.error());
    }
    wake();
  }

  instant after_failure(std::string_view event, const read_failure& why) {
    log().limited(event, status::log_level::warn, "universe", event,
                  {{"kind", to_string(why.kind)}, {"why", why.text}});
    const auto due = std::max(now() + duration{pause_}, why.retry_at.value_or(instant{}));
    pause_ = std::min(pause_ * 2, pause_max);
    return due;
  }

  void run() {
    if (universe_due_ <= now())
      ask_universe();
    if (settings_due_ <= now())
      ask_settings();
    if (clock_due_ <= now())
      ask_clock();
    if (margin_due_ <= now())
      ask_margin();
    publish();
    wake();
  }

  void wake() {
    const auto fall = tiers_.next_fall().value_or(instant::max());
    if (const auto next = std::min({universe_due_, settings_due_, clock_due_, margin_due_, fall});
        next != instant::max())
      wake_at(next);
  }

  universe_settings settings_;
  milliseconds recv_window_;
  std::optional<milliseconds> margin_period_;
  universe_tiers tiers_;
  std::optional<std::uint64_t> recorded_{};  ///< Hash of the content the journal has.
  instant record_due_{};
  instant touched_at_{};  ///< When somebody last changed a setting.
  instant asked_at_{};    ///< When the settings were last asked for.
  milliseconds pause_{pause_min};
  instant universe_due_{instant::max()};
  bool again_{false};  ///< The list that is under way is followed by another at once.
  instant settings_due_{instant::max()};
  instant clock_due_{instant::max()};
  instant margin_due_{instant::max()};
  instant margin_sent_{};
  instant margin_from_{};  ///< Somebody wants it from a read sent after this.
  bool margin_failed_{false};
};

}  // namespace

universe_keeper_actor spawn_universe_keeper(caf::actor_system& system, services given,
                                            universe_keeper_options options) {
  return system.spawn<universe_keeper>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
