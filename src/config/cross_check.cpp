// Relations between tables: what a mode needs or ignores, and what one layer promises another.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "check.hpp"
#include "sluice/truth/freshness.hpp"

namespace sluice::config {
namespace {

/// Hosts where orders move real money, as Binance documents its base URLs.
constexpr std::array production_hosts{"fapi.binance.com", "fstream.binance.com",
                                      "ws-fapi.binance.com"};
/// Symbols of the venue that the promised bound is reckoned with where none is near to be asked.
constexpr std::size_t symbols_assumed = 566;

struct named_text {
  std::string_view key;
  const std::string* value;
};

std::array<named_text, 4> venue_texts(const settings& s) {
  return {named_text{"exchange.rest_url", &s.exchange.rest_url},
          named_text{"exchange.stream_url", &s.exchange.stream_url},
          named_text{"exchange.api_key_file", &s.keys.api_key_file},
          named_text{"exchange.api_secret_file", &s.keys.api_secret_file}};
}

void check_venue_named(const settings& s, const places& given, fault_list& out) {
  const auto mode = to_string(s.mode);
  for (const auto& [name, value] : venue_texts(s)) {
    if (s.mode == run_mode::demo && !value->empty())
      out.add(
          place_of(given, name), std::string{name},
          "would be ignored in mode demo, which brings its own exchange; leave it out, or choose "
          "mode shadow, testnet or live");
    if (s.mode != run_mode::demo && value->empty())
      out.add(place_of(given, name), std::string{name},
              fmt::format("is missing; mode {} needs it", mode));
  }
}

/// As the name service takes it: case says nothing, nor does a dot at the end.
std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  std::string host(rest.substr(0, rest.find_first_of(":/?#")));
  std::ranges::transform(host, host.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  while (host.ends_with('.'))
    host.pop_back();
  return host;
}

void check_hosts(const settings& s, const places& given, fault_list& out) {
  for (const auto& [name, url] : {venue_texts(s)[0], venue_texts(s)[1]}) {
    const auto host = host_of(*url);
    const bool real =
        std::find(production_hosts.begin(), production_hosts.end(), host) != production_hosts.end();
    if (s.mode == run_mode::testnet && real)
      out.add(place_of(given, name), std::string{name},
              fmt::format("{} trades real money; mode testnet takes a test venue, e.g. "
                          "demo-fapi.binance.com and demo-fstream.binance.com",
                          host));
    if (s.mode == run_mode::live && !url->empty() && !real && host.find("binance") != host.npos)
      out.add(place_of(given, name), std::string{name},
              fmt::format("{} is no live venue; use mode testnet, or fapi.binance.com and "
                          "fstream.binance.com",
                          host));
  }
}

void check_live(const settings& s, const places& given, fault_list& out) {
  if (s.mode == run_mode::live && !s.live)
    out.add(place_of(given, given.contains("live") ? "live" : "mode"), "live",
            "mode live trades real money and needs live = true beside it");
  if (s.mode != run_mode::live && s.live)
    out.add(place_of(given, "live"), "live",
            fmt::format("is true in mode {}, where it means nothing; remove it, or set mode = "
                        "\"live\"",
                        to_string(s.mode)));
}

/// From another directory a relative path is an empty journal: no halt, no hold and no plan known,
/// and a second process that the lock of the first does not keep out.
void check_state_dir(const settings& s, const places& given, fault_list& out) {
  const auto& path = s.journal.state_dir;
  if (s.mode == run_mode::live && !path.empty() && !path.starts_with('/'))
    out.add(place_of(given, "journal.state_dir"), "journal.state_dir",
            fmt::format("{} is another directory wherever the process is started; mode live takes "
                        "a path from the root, e.g. /var/lib/sluice",
                        path));
}

/// Without reads on demand an exit can be lost to a truth that one read would have cured.
void check_cure(const settings& s, const places& given, fault_list& out) {
  if (!s.gate.read_on_demand && s.mode != run_mode::demo)
    out.add(place_of(given, "gate.read_on_demand"), "gate.read_on_demand",
            fmt::format("false denies exits that one read would let through; it is there to replay "
                        "the incident in mode demo and is refused in mode {}",
                        to_string(s.mode)));
}

/// The promise against what the venue lets us read. In mode demo the venue is ours to ask.
void check_freshness(const settings& s, const places& given, fault_list& out) {
  const bool demo = s.mode == run_mode::demo;
  freshness_request r;
  r.strategy = s.snapshot.strategy;
  r.bound = s.snapshot.bound;
  r.symbols = demo ? s.simulator.symbols : symbols_assumed;
  r.latency = demo ? std::max(s.snapshot.latency, s.simulator.latency + s.simulator.latency_jitter)
                   : s.snapshot.latency;
  r.weight_limit_1m = demo ? s.simulator.weight_limit_1m : s.exchange.weight_limit_1m;
  r.share_percent = s.snapshot.budget_share_percent;
  r.concurrency = s.snapshot.concurrency;
  if (const auto plan = plan_freshness(r); !plan && !s.snapshot.best_effort)
    out.add(place_of(given, "snapshot.strategy"), "snapshot.strategy", plan.error().text);
}

void check_bound_used(const settings& s, const places& given, fault_list& out) {
  const auto& limits = s.gate.limits;
  for (const auto& [name, limit] : {std::pair{"gate.stale_after_exit", limits.stale_after_exit},
                                    std::pair{"gate.stale_after_entry", limits.stale_after_entry}})
    if (limit < s.snapshot.bound)
      out.add(
          place_of(given, name), name,
          fmt::format("{} is shorter than snapshot.bound, {}: the gate would refuse truth that is "
                      "as fresh as promised; allowed is {} or more",
                      format_duration(limit), format_duration(s.snapshot.bound),
                      format_duration(s.snapshot.bound)));
  if (s.gate.park_entry > milliseconds{0} && s.gate.park_entry < s.snapshot.demand_timeout)
    out.add(
        place_of(given, "gate.park_entry"), "gate.park_entry",
        fmt::format("{} is shorter than snapshot.demand_timeout, {}: no read could cure a plan "
                    "in time; allowed is \"0ms\" for no waiting, or {} and more",
                    format_duration(s.gate.park_entry), format_duration(s.snapshot.demand_timeout),
                    format_duration(s.snapshot.demand_timeout)));
}

void check_shares(const settings& s, const places& given, fault_list& out) {
  if (s.snapshot.budget_share_percent > s.exchange.shares.routine_pct_max)
    out.add(place_of(given, "snapshot.budget_share_percent"), "snapshot.budget_share_percent",
            fmt::format("{} is more than exchange.routine_pct_max, {}, where routine reads stop; "
                        "allowed is at most that",
                        s.snapshot.budget_share_percent, s.exchange.shares.routine_pct_max));
}

/// Signs of life come out of the same weight as reads.
void check_signs(const settings& s, const places& given, fault_list& out) {
  const auto limit =
      s.mode == run_mode::demo ? s.simulator.weight_limit_1m : s.exchange.weight_limit_1m;
  const auto cost = dead_man_weight_1m(s.dead_man);
  const auto most = limit * dead_man_share_percent / 100;
  if (s.dead_man.enabled && cost > most)
    out.add(place_of(given, "dead_man.refresh"), "dead_man.refresh",
            fmt::format("{} symbols every {} cost weight {} a minute, 10 each; allowed are {}, "
                        "{} % of {}: refresh less often, or arm fewer symbols",
                        s.dead_man.symbols_max, format_duration(s.dead_man.refresh), cost, most,
                        dead_man_share_percent, limit));
}

void check_ports(const settings& s, const places& given, fault_list& out) {
  const auto listen = ::sluice::status::parse_listen_address(s.status.listen);
  if (s.mode == run_mode::demo && listen && listen->port != 0 && listen->port == s.simulator.port)
    out.add(place_of(given, "simulator.port"), "simulator.port",
            fmt::format("{} is the port of status.listen; takes another one, or 0 for any free one",
                        s.simulator.port));
}

/// What is taken over from a dead consumer must still be young enough to be carried out.
void check_claims(const settings& s, const places& given, fault_list& out) {
  if (s.redis.enabled && s.redis.claim_idle >= s.intake.max_age)
    out.add(
        place_of(given, "intake.redis.claim_idle"), "intake.redis.claim_idle",
        fmt::format("{} is not shorter than intake.max_age, {}: whatever is taken over would be "
                    "too old to be carried out",
                    format_duration(s.redis.claim_idle), format_duration(s.intake.max_age)));
}

/// A stream shows no token: whoever writes it would open in the name of a source that has one.
void check_stream_sources(const settings& s, const places& given, fault_list& out) {
  for (const auto& id : s.upstream.entry_sources)
    if (const auto* source = s.intake.find(id); source && !source->token_file.empty())
      out.add(place_of(given, "intake.redis.entry_sources"), "intake.redis.entry_sources",
              fmt::format("{} has a token_file in intake.sources, and nobody can show a token in a "
                          "stream; give the stream's producer a source of its own",
                          id.str()));
}

/// An exit that is taken in and finds no place to wait for its read is denied for a truth that
/// nobody looked at.
void check_waiting(const settings& s, const places& given, fault_list& out) {
  if (s.gate.parked_exit_max < s.intake.exit_queue_max)
    out.add(place_of(given, "gate.parked_exit_max"), "gate.parked_exit_max",
            fmt::format("{} is less than intake.exit_queue_max, {}: an exit that is taken in may "
                        "find no place to wait for its read; allowed is that and more",
                        s.gate.parked_exit_max, s.intake.exit_queue_max));
}

struct relation {
  void (*check)(const settings&, const places&, fault_list&);
  std::array<std::string_view, 3> sections;  ///< The ones it looks at; "" is the top level.
};

constexpr std::array relations{
    relation{&check_venue_named, {"", "exchange", ""}},
    relation{&check_hosts, {"", "exchange", ""}},
    relation{&check_live, {"", "", ""}},
    relation{&check_state_dir, {"", "journal", ""}},
    relation{&check_cure, {"", "gate", ""}},
    relation{&check_freshness, {"snapshot", "simulator", "exchange"}},
    relation{&check_bound_used, {"snapshot", "gate", "gate"}},
    relation{&check_shares, {"snapshot", "exchange", "exchange"}},
    relation{&check_signs, {"dead_man", "exchange", "simulator"}},
    relation{&check_claims, {"intake.redis", "intake", ""}},
    relation{&check_stream_sources, {"intake.redis", "intake", "intake"}},
    relation{&check_waiting, {"gate", "intake", ""}},
    relation{&check_ports, {"status", "simulator", ""}},
};

}  // namespace

void cross_check(const settings& s, const places& given, fault_list& out) {
  // Asked before any relation adds its own faults, so that one does not hide another.
  std::array<bool, relations.size()> usable{};
  for (std::size_t i = 0; i < relations.size(); ++i)
    usable[i] = std::none_of(relations[i].sections.begin(), relations[i].sections.end(),
                             [&](std::string_view name) { return out.touches(name); });
  for (std::size_t i = 0; i < relations.size(); ++i)
    if (usable[i])
      relations[i].check(s, given, out);
}

}  // namespace sluice::config
