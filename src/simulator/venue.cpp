// Takes requests through limits, keys and signatures to their endpoint, and time through the venue.
#include "sluice/simulator/venue.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "bent_reply.hpp"
#include "documents.hpp"
#include "refusals.hpp"
#include "signature.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

std::vector<account> make_accounts(const settings& s) {
  std::vector<account> accounts;
  accounts.reserve(s.more_accounts.size() + 1);
  accounts.emplace_back(s.account, s);
  for (const auto& a : s.more_accounts)
    accounts.emplace_back(a, s);
  return accounts;
}

std::vector<signature_check> make_checks(const std::vector<account>& accounts) {
  std::vector<signature_check> checks;
  for (const auto& a : accounts)
    checks.emplace_back(a.owner());
  return checks;
}

/// The code in {"code":-1121,...}, 0 when there is none.
std::int64_t code_of(const reply& r) {
  constexpr std::string_view start = R"({"code":)";
  std::int64_t code = 0;
  if (r.status >= 400 && r.body.starts_with(start))
    std::from_chars(r.body.data() + start.size(), r.body.data() + r.body.size(), code);
  return code;
}

/// "Sun, 29 Nov 2026 23:04:44 GMT", whatever the locale.
std::string date_text(venue_time t) {
  using namespace std::chrono;
  constexpr std::array days_of_week{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds point = floor<seconds>(sys_time<milliseconds>{milliseconds{t.ms}});
  const auto today = floor<days>(point);
  const year_month_day date{today};
  const hh_mm_ss clock{point - today};
  return fmt::format(
      FMT_COMPILE("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT"),
      days_of_week.at(weekday{today}.c_encoding()), static_cast<unsigned>(date.day()),
      months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

reply unknown_path(const request& r, bool path_known) {
  return error_reply(path_known ? refuse<-5000, 1>(r.path, r.method)
                                : refuse<-5000>(r.path, r.method));
}

/// Who asks, or how the venue refuses; public endpoints belong to nobody.
outcome<std::size_t> identify(const venue_state& v, const endpoint& e, const request& r,
                              const parameters& p, moment now) {
  if (e.needs == security::none)
    return std::size_t{0};
  if (auto wrong = check_key_format(r.api_key))
    return *wrong;
  const auto owner = v.account_of(r.api_key);
  if (!owner)
    return refuse<-2015>();
  if (e.needs == security::signature)
    if (auto wrong = check_signature(r, p, v.signatures[*owner], now.venue))
      return *wrong;
  return *owner;
}

/// Key, timestamp and signature are judged as of the arrival, everything else as of now.
reply dispatch(venue_state& v, const request& r, const course& way, moment now) {
  const auto match = find_endpoint(r.method, r.path);
  const auto given = parameters::parse(r.query, r.body);
  const auto* broken = error_of(given);
  std::int64_t weight = 1;
  if (match.found)
    weight = broken || std::get<0>(given).find("symbol") ? match.found->weight
                                                         : match.found->weight_all_symbols;
  if (auto refused = v.weight.charge(weight, now.venue))
    return refuse_too_many(v, *refused);
  if (!match.found)
    return unknown_path(r, match.path_known);
  if (broken)
    return error_reply(*broken);
  const auto& p = std::get<0>(given);
  auto arrived = now;
  arrived.venue.ms -= way.before.count();
  const auto owner = identify(v, *match.found, r, p, arrived);
  if (const auto* wrong = error_of(owner))
    return error_reply(*wrong);
  if (match.found->matched)
    if (auto late = check_still_in_window(p, now.venue))
      return error_reply(*late);
  return match.found->handle(v, call{r, p, now, std::get<0>(owner), way.fills});
}

result<void> open_initial(venue_state& v, moment now) {
  for (std::size_t n = 0; n < v.accounts.size(); ++n) {
    for (const auto& wanted : v.accounts[n].owner().initial_positions) {
      order_draft d;
      d.what = v.instruments.find(wanted.instrument.str());
      if (!d.what)
        return fail(errc::not_found, "initial_positions: no symbol " + wanted.instrument.str());
      d.direction = wanted.amount.sign() > 0 ? side::buy : side::sell;
      d.amount = wanted.amount.abs();
      if (v.chosen.trading.hedge_mode)
        d.leg = wanted.amount.sign() > 0 ? position_side::long_ : position_side::short_;
      d.origin = order_origin::person;
      d.id = v.desk.random_client_id();
      const auto placed = v.place(n, d, now);
      if (const auto* wrong = error_of(placed))
        return fail(errc::out_of_range,
                    "initial_positions: " + wanted.instrument.str() + ": " + wrong->text);
    }
  }
  return {};
}

}  // namespace

venue_state::venue_state(const settings& s, moment now)
    : chosen(s),
      instruments(s),
      info(s, instruments),
      marks(s, instruments),
      accounts(make_accounts(s)),
      signatures(make_checks(accounts)),
      desk(s, instruments, marks, accounts),
      algos(s, instruments, marks, accounts, desk),
      weight(s),
      keys(s, accounts.size()),
      streams(s, instruments),
      faults(s.seed),
      jitter(s.seed ^ stable_hash("jitter")),
      event_shuffle(s.seed ^ stable_hash("event order")),
      batch_turns(s.seed ^ stable_hash("batch turns")),
      began(now.steady),
      seen(now.steady),
      next_tick(now.steady + s.tick_period),
      next_funding_ms(next_funding(now.venue.ms)),
      warned(accounts.size()),
      warned_isolated(accounts.size()) {}

std::optional<std::size_t> venue_state::account_of(std::string_view api_key) const {
  for (std::size_t n = 0; n < accounts.size(); ++n)
    if (accounts[n].owner().api_key == api_key)
      return n;
  return std::nullopt;
}

outcome<ledger_order> venue_state::place(std::size_t owner, order_draft d, moment now) {
  auto placed = desk.place(owner, std::move(d), now.venue);
  publish(now);
  return placed;
}

void venue_state::record(const request& r, const course& c, const reply& out, moment now) {
  transcript_entry e;
  e.number = ++requests;
  e.at = now;
  e.method = r.method;
  e.path = r.path;
  e.parameters = split_signature(r.query, r.body).payload;
  e.took_effect = c.takes_effect;
  e.status = c.leaves == departure::whole ? out.status : 0;
  e.code = code_of(out);
  e.weight_used = weight.used(now.venue);
  transcript.push_back(std::move(e));
  if (transcript.size() > chosen.transcript_max)
    transcript.pop_front();
}

venue::venue(std::unique_ptr<venue_state> s) : state_(std::move(s)) {}
venue::~venue() = default;

result<std::unique_ptr<venue>> venue::make(const settings& s, moment now) {
  auto faults = validate(s);
  const auto& main = s.account;
  if (main.api_key.empty() || (main.api_secret.empty() && main.api_public_key.empty()))
    faults.push_back({"account.api_key", "key and secret must be given"});
  if (!faults.empty())
    return fail(errc::invalid_value, faults.front().field + " " + faults.front().text);
  auto state = std::make_unique<venue_state>(s, now);
  if (auto opened = open_initial(*state, now); !opened)
    return opened.error();
  return std::unique_ptr<venue>(new venue(std::move(state)));
}

course venue::plan_course(const request& r) {
  auto& v = *state_;
  const auto extra = v.jitter.between(0, v.chosen.latency_jitter.count());
  const auto whole = v.chosen.latency + milliseconds{extra};
  course c;
  c.before = whole / 2;
  c.after = whole - c.before;
  v.faults.bend(r, c, v.since(v.seen));
  return c;
}

course venue::plan_course(const request& r, instant now) {
  state_->seen = now;
  return plan_course(r);
}

reply venue::perform(const request& r, const course& c, moment now) {
  auto& v = *state_;
  now = v.meet(now);
  reply out;
  if (c.takes_effect)
    out = dispatch(v, r, c, now);
  if (c.frozen != 0)
    v.frozen.repeat(c.frozen, r, out);
  bend_reply(c, now.venue, out);
  if (out.content_type == "application/json")
    out.headers.emplace_back("x-mbx-used-weight-1m", std::to_string(v.weight.used(now.venue)));
  out.headers.emplace_back("Date", date_text(now.venue));
  v.record(r, c, out, now);
  return out;
}

reply venue::perform(const request& r, moment now) {
  return perform(r, course{}, now);
}

std::optional<stream_id> venue::open_stream(std::string_view target) {
  return state_->streams.open(target);
}

void venue::close_stream(stream_id id) {
  state_->streams.close(id);
}

stream_answer venue::stream_message(stream_id id, std::string_view text, moment now) {
  return state_->streams.message(id, text, now.steady);
}

bool venue::stream_control_frame(stream_id id, moment now) {
  return state_->streams.control_frame(id, now.steady);
}

std::vector<stream_delivery> venue::take_deliveries() {
  return state_->streams.take();
}

void venue::advance(moment now) {
  auto& v = *state_;
  now = v.meet(now);
  for (const auto& key : v.keys.expire(now.steady))
    v.streams.publish_user(key, "listenKeyExpired", listen_key_expired_event(key, now.venue));
  v.run_countdowns(now);
  if (now.steady < v.next_tick)
    return;
  const duration period = v.chosen.tick_period;
  while (v.next_tick <= now.steady) {
    v.marks.step();
    v.next_tick += period;
    // After a long pause (a stopped process) the missed ticks are not made up for.
    if (now.steady - v.next_tick > 60 * period)
      v.next_tick = now.steady + period;
  }
  v.streams.publish_marks(v.marks, now.venue.ms);
  v.after_tick(now);
}

instant venue::next_due() const {
  auto next = std::min(state_->next_tick, state_->streams.next_due().value_or(state_->next_tick));
  if (const auto mishap = state_->mishaps.next_due())
    next = std::min(next, state_->began + *mishap);
  if (const auto countdown = state_->timers.next())
    next = std::min(next, *countdown);
  return next;
}

void venue::set_latency(milliseconds latency) {
  state_->chosen.latency = latency;
}
void venue::set_latency_jitter(milliseconds jitter) {
  state_->chosen.latency_jitter = jitter;
}

std::vector<transcript_entry> venue::transcript() const {
  return {state_->transcript.begin(), state_->transcript.end()};
}

ledger venue::books(moment now) const {
  ledger out;
  out.at = now.venue;
  for (std::size_t n = 0; n < state_->accounts.size(); ++n) {
    out.accounts.push_back(state_->accounts[n].ledger());
    for (const auto& [id, a] : state_->algos.all(n))
      out.accounts.back().algos.push_back(a);
  }
  return out;
}

std::vector<symbol> venue::symbols() const {
  std::vector<symbol> names;
  for (const auto& i : state_->instruments.all())
    if (i.status == "TRADING")
      names.push_back(i.name);
  return names;
}

}  // namespace sluice::simulator
