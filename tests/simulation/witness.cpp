// What is kept of a run for those who judge it: from the wire while it lives, from books and
// journal at its end.
#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "simulation.hpp"
#include "sluice/journal/record_json.hpp"

namespace sluice::simulation {
namespace {

constexpr std::string_view id_begin = "sl-";
constexpr std::size_t id_length = 36;

/// Whether an id begins in the first `looked_at_once` of these bytes; the two behind them are read
/// as well.
constexpr std::size_t looked_at_once = 64;
bool begins_id(const char* bytes) {
  // Without a way out amid the loop, so that the compiler compares many bytes at a time.
  unsigned char found = 0;
  for (std::size_t i = 0; i < looked_at_once; ++i) {
    const bool here =
        (bytes[i] == id_begin[0]) & (bytes[i + 1] == id_begin[1]) & (bytes[i + 2] == id_begin[2]);
    found = static_cast<unsigned char>(found | static_cast<unsigned char>(here));
  }
  return found != 0;
}

/// Our ids in bytes that have just become durable.
void keep_ids(std::string_view bytes, id_set& ids) {
  const auto keep_from = [&](std::size_t at) {
    const auto id = bytes.substr(at, id_length);
    if (id.size() == id_length && id.starts_with(id_begin) && !ids.contains(id))
      ids.emplace(id);
  };
  std::size_t at = 0;
  for (; at + looked_at_once + id_begin.size() <= bytes.size(); at += looked_at_once)
    if (begins_id(bytes.data() + at))
      for (std::size_t i = 0; i < looked_at_once; ++i)
        keep_from(at + i);
  for (; at < bytes.size(); ++at)
    keep_from(at);
}

/// `venues_ms` is the venue's clock, by which it names the end of a ban.
std::optional<oracle::ms> stop_of(const simulator::reply& out, oracle::ms now,
                                  std::int64_t venues_ms) {
  std::optional<oracle::ms> until;
  for (const auto& [name, value] : out.headers)
    if (name == "Retry-After" || name == "retry-after")
      until = now + 1'000 * std::stoll(value);
  constexpr std::string_view words = "banned until ";
  if (const auto at = out.body.find(words); at != std::string::npos) {
    std::int64_t named = 0;
    std::from_chars(out.body.data() + at + words.size(), out.body.data() + out.body.size(), named);
    until = std::max(until.value_or(0), now + named - venues_ms);
  }
  return until;
}

/// The key that an answer hands out; empty when it hands out none.
std::string listen_key_of(const simulator::request& r, const simulator::reply& out) {
  if (r.path != "/fapi/v1/listenKey" || out.status != 200)
    return {};
  constexpr std::string_view name = R"("listenKey":")";
  const auto at = out.body.find(name);
  if (at == std::string::npos)
    return {};
  const auto begin = at + name.size();
  return out.body.substr(begin, out.body.find('"', begin) - begin);
}

/// The larger step of each symbol's filters of amounts.
void keep_steps(std::string_view exchange_info, std::map<std::string, oracle::units>& steps) {
  const auto info = boost::json::parse(exchange_info).as_object();
  for (const auto& s : info.at("symbols").as_array())
    for (const auto& f : s.as_object().at("filters").as_array())
      if (const auto* step = f.as_object().if_contains("stepSize")) {
        auto& kept = steps[std::string(s.as_object().at("symbol").as_string())];
        kept = std::max(kept, quantity::parse(step->as_string()).value().raw());
      }
}

/// Symbols whose positions an event of the user stream tells.
std::vector<std::string> positions_in(std::string_view text) {
  std::vector<std::string> found;
  if (text.find(R"("ACCOUNT_UPDATE")") == std::string_view::npos)
    return found;
  constexpr std::string_view name = R"("s":")";
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto begin = at + name.size();
    found.emplace_back(text.substr(begin, text.find('"', begin) - begin));
  }
  return found;
}

oracle::origin origin_of(simulator::order_origin by) {
  switch (by) {
    case simulator::order_origin::api:
      return oracle::origin::product;
    case simulator::order_origin::person:
      return oracle::origin::person;
    case simulator::order_origin::venue:
      break;
  }
  return oracle::origin::venue;
}

std::uint64_t hash_of_file(const std::filesystem::path& path, std::uint64_t seed) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes(in ? std::filesystem::file_size(path) : 0, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return stable_hash(bytes, seed);
}

}  // namespace

void simulation::watch_network() {
  auto& watch = world_->watch;
  const auto line = [this](oracle::wire_event what, const simulator::request& r) {
    oracle::wire_line l{world_->age().count(), what, r.method, r.path, parameter_of(r, "symbol")};
    return l;
  };
  watch.written = [this, line](const simulator::request& r) {
    ++result_.requests;
    phases_.written(r);
    auto l = line(oracle::wire_event::written, r);
    l.client_id = parameter_of(r, "newClientOrderId");
    result_.seen.wire.push_back(std::move(l));
  };
  watch.performed = [this](const simulator::request& r, const simulator::reply& out) {
    phases_.performed(r, out);
    for (const auto& [name, value] : out.headers)
      if (name == "x-mbx-used-weight-1m")
        result_.seen.weights.push_back({world_->age().count(), std::stoll(value), 2'400});
    if (auto key = listen_key_of(r, out); !key.empty())
      result_.seen.secrets.push_back(std::move(key));
    if (r.path == "/fapi/v1/exchangeInfo" && out.status == 200 && result_.seen.steps.empty())
      keep_steps(out.body, result_.seen.steps);
    if (r.method != "POST" || (r.path != "/fapi/v1/order" && r.path != "/fapi/v1/algoOrder"))
      return;
    auto id = parameter_of(r, "newClientOrderId");
    if (id.empty())
      id = parameter_of(r, "clientAlgoId");
    result_.seen.arrivals.push_back(
        {id, parameter_of(r, "symbol"), world_->age().count(), durable_ids_.contains(id)});
  };
  watch.answered = [this, line](const simulator::request& r, const simulator::reply& out) {
    auto l = line(oracle::wire_event::answered, r);
    l.status = out.status;
    if (out.status == 429 || out.status == 418)
      l.stop_until = stop_of(out, l.at, world_->true_wall_ms() + venue_ahead_.count());
    result_.seen.wire.push_back(std::move(l));
  };
  watch.over = [this](const simulator::request& r) { phases_.over(r); };
  watch.logged = [this](std::string text) { result_.seen.log.push_back(std::move(text)); };
  watch.told = [this](std::string_view text) {
    oracle::wire_line l{world_->age().count(), oracle::wire_event::told};
    result_.seen.wire.push_back(l);
    for (auto& name : positions_in(text)) {
      l.symbol = std::move(name);
      result_.seen.wire.push_back(l);
    }
  };
}

void simulation::watch_disk() {
  disk_->when_durable([this](std::string_view bytes) { keep_ids(bytes, durable_ids_); });
}

void simulation::look_at_end() {
  auto& seen = result_.seen;
  seen.ended_at = world_->age().count();
  if (!process_) {
    seen.ready_at_end = false;
    seen.why_not_ready = "no process runs";
    return;
  }
  const auto asked = process_->ask("GET", "/readyz", "");
  while (process_->step()) {
  }
  const auto answer = process_->answer_of(asked);
  seen.ready_at_end = answer && answer->status == 200;
  seen.why_not_ready = answer ? answer->body : "no answer";
  seen.shown = work_->look_up(*process_);
  std::map<symbol, quantity> held;
  const auto books = world_->venue->books(world_->moment());
  for (const auto& p : books.accounts.front().positions)
    held[p.instrument] = p.amount;
  for (const auto& s : world_->venue->symbols()) {
    const auto view = process_->truth_of({s, position_side::both});
    seen.looks.push_back({s.str(), amount_of(view.content).raw(), is_known(view.content),
                          held.contains(s) ? held[s].raw() : 0});
  }
}

oracle::ms simulation::in_the_world(venue_time t) const {
  const auto ahead = world_->true_wall_ms() - world_->age().count();
  oracle::ms at = t.ms - ahead;
  for (const auto& [since, by] : ahead_since_)
    if (t.ms - ahead - by.count() >= since.count())
      at = t.ms - ahead - by.count();
  return at;
}

void simulation::collect() {
  auto& seen = result_.seen;
  const auto books = world_->venue->books(world_->moment());
  const auto& account = books.accounts.front();
  const auto here = [&](venue_time t) { return in_the_world(t); };
  for (const auto& o : account.orders)
    seen.orders.push_back({o.report.client_id.str(), o.report.id, origin_of(o.origin),
                           o.report.instrument.str(), o.report.direction == side::buy,
                           o.asked.raw(), o.report.executed.raw(), o.report.reduce_only,
                           !is_final(o.report.status), here(o.created_at),
                           here(o.report.updated_at)});
  for (const auto& f : account.fills)
    seen.fills.push_back({f.id, f.order, f.client_id.str(), f.instrument.str(),
                          f.direction == side::buy, f.amount.raw(), here(f.traded_at)});
  for (const auto& [id, plan] : work_->offered())
    seen.plans.push_back(plan);
  seen.answers = work_->answers();
  seen.secrets.push_back(machine_.api_key);
  seen.secrets.push_back(machine_.api_secret);
  process_.reset();
  result_.writes_lost = disk_->writes_lost();
  disk_->restart();
  const auto path = journal::journal_path(machine_.chosen.journal);
  const bool kept = chosen_.journal == keep_journal::yes;
  if (kept)
    result_.file_hash = hash_of_file(path.string() + "-wal", hash_of_file(path, 1));
  auto reader = journal::reader::open(path);
  if (!reader) {
    seen.unverified.push_back(reader.error().text);
    return;
  }
  if (const auto verified = (*reader)->verify(); !verified)
    seen.unverified.push_back(verified.error().text);
  auto events = (*reader)->events_after(0, 1'000'000);
  const auto holds = (*reader)->holds();
  if (!events || !holds) {
    seen.unverified.push_back(events ? holds.error().text : events.error().text);
    return;
  }
  for (auto& e : *events) {
    if (kept)
      result_.journal += e.json + "\n";
    const auto at = seen_at_.find(e.seq);
    seen.records.push_back(
        {e.seq, e.kind, std::move(e.json), at == seen_at_.end() ? -1 : at->second});
  }
  for (const auto& h : *holds)
    seen.open_holds.push_back(h.position.instrument.str());
  seen.stale_entry = machine_.chosen.gate.limits.stale_after_entry.count();
  seen.stale_exit = machine_.chosen.gate.limits.stale_after_exit.count();
  seen.foreign_held = machine_.chosen.reconcile.foreign == foreign_policy::hold;
  collect_judgements(**reader);
}

void simulation::collect_judgements(journal::reader& reader) {
  auto& seen = result_.seen;
  const auto read = reader.each_judgement([&](const journal::judgement& j) {
    const auto& f = j.seen;
    const auto remaining = between(f.now.steady, j.what.deadline).count();
    const auto told = seen_at_.find(j.seq);
    const auto at = told == seen_at_.end() ? oracle::ms{-1} : told->second;
    seen.judgements.push_back({j.what.id.str(), std::string(to_string(j.outcome.kind)), -remaining,
                               j.times_judged == 0, at});
    if (j.outcome.kind != verdict_kind::allow)
      return;
    const bool opens = lane_of(j.what) == lane::entry;
    const auto& limits = f.limits;
    seen.allows.push_back({j.what.id.str(), opens, is_known(f.position.content),
                           between(f.position.as_of, f.now.steady).count(),
                           (opens ? limits.stale_after_entry : limits.stale_after_exit).count(),
                           f.held.has_value(), opens || limits.hold_blocks_reduce,
                           f.in_flight.has_value(),
                           std::holds_alternative<cancel_plan>(j.what.body), j.times_judged == 0,
                           j.what.instrument.str(), amount_of(f.position.content).raw(),
                           j.outcome.terms ? j.outcome.terms->amount.raw() : 0, remaining, at});
  });
  if (!read)
    seen.unverified.push_back("a judgement cannot be read: " + read.error().text);
}

}  // namespace sluice::simulation
