// Credentials, certificate and what the venue asked to wait for, put together for the client.
#include "exchange_setup.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "durable_file.hpp"
#include "sluice/exchange/client.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds near_enough{500};

std::filesystem::path stops_file(const config::settings& chosen) {
  return std::filesystem::path(chosen.journal.state_dir) / "exchange_stops";
}

/// Lines of a word, the end as milliseconds of the wall clock, and what was left when it was
/// written.
std::string text_of(const exchange::kept_stops& stops) {
  std::string text;
  const auto line = [&](std::string_view word, const std::optional<exchange::kept_stop>& s) {
    if (s)
      text += fmt::format("{} {} {}\n", word, s->until.ms, s->length.count());
  };
  line("ban", stops.ban);
  line("pause", stops.pause);
  line("pause_of_others", stops.pause_of_others);
  return text;
}

exchange::kept_stops stops_in(std::istream& in) {
  exchange::kept_stops stops;
  std::string word;
  std::int64_t until = 0;
  std::int64_t length = 0;
  while (in >> word >> until >> length) {
    if (word == "ban")
      stops.ban = {{until}, milliseconds{length}};
    else if (word == "pause")
      stops.pause = {{until}, milliseconds{length}};
    else if (word == "pause_of_others")
      stops.pause_of_others = {{until}, milliseconds{length}};
  }
  return stops;
}

/// The same for whoever starts next: a few hundred milliseconds decide nothing.
bool is_near(const std::optional<exchange::kept_stop>& a,
             const std::optional<exchange::kept_stop>& b) {
  return a.has_value() == b.has_value() &&
         (!a || std::abs(a->until.ms - b->until.ms) < near_enough.count());
}

/// Bans and pauses outlive the process: what the venue said is obeyed after a restart.
void remember_stops(const config::settings& chosen, exchange::extras& additions,
                    const std::shared_ptr<status::logger>& log) {
  const auto path = stops_file(chosen);
  additions.load_stops = [path] {
    std::ifstream in(path);
    return stops_in(in);
  };
  // Each refused request says so once more, on the thread that carries orders.
  additions.save_stops = [path, log, saved = exchange::kept_stops{}](
                             const exchange::kept_stops& stops) mutable {
    if (is_near(saved.ban, stops.ban) && is_near(saved.pause, stops.pause) &&
        is_near(saved.pause_of_others, stops.pause_of_others))
      return;
    if (write_durably(path, text_of(stops)))
      saved = stops;
    else
      log->error(
          "exchange", "stop_not_saved",
          {{"file", path.string()}, {"cure", "do not restart before the ban or pause is over"}});
  };
}

status::log_level level_of(exchange::log_level l) {
  switch (l) {
    case exchange::log_level::debug:
      return status::log_level::debug;
    case exchange::log_level::info:
      return status::log_level::info;
    case exchange::log_level::warning:
      return status::log_level::warn;
    case exchange::log_level::error:
      break;
  }
  return status::log_level::error;
}

result<exchange::credentials> load_keys(const config::key_files& files) {
  auto key = exchange::load_secret_file(files.api_key_file);
  if (!key)
    return key.error();
  auto secret = exchange::load_secret_file(files.api_secret_file);
  if (!secret)
    return secret.error();
  return exchange::credentials{std::move(*key), std::move(*secret)};
}

}  // namespace

result<exchange_setup> make_exchange(const config::settings& chosen,
                                     std::shared_ptr<status::logger> log) {
  exchange_setup made;
  exchange::settings connection = chosen.exchange;
  exchange::extras additions;
  result<exchange::credentials> keys = exchange::credentials{};
  if (chosen.mode == run_mode::demo) {
    auto venue = simulator::server::start(chosen.simulator);
    if (!venue)
      return venue.error();
    made.venue = std::move(*venue);
    log->info("simulator", "listening",
              {{"url", made.venue->rest_url()}, {"symbols", chosen.simulator.symbols}});
    connection.key = exchange::key_type::hmac;  // Of the venue's own account.
    connection.rest_url = made.venue->rest_url();
    connection.stream_url = made.venue->stream_url();
    additions.ca_pem = made.venue->certificate_pem();
    keys = exchange::credentials{exchange::secret(std::string(made.venue->api_key())),
                                 exchange::secret(std::string(made.venue->api_secret()))};
  } else {
    keys = load_keys(chosen.keys);
    remember_stops(chosen, additions, log);
  }
  if (!keys)
    return keys.error();
  additions.observer = [log](exchange::log_level level, std::string_view event,
                             std::string_view text) {
    log->limited(event, level_of(level), "exchange", event, {{"what", text}});
  };
  auto client = exchange::make_client(connection, std::move(*keys), std::move(additions));
  if (!client)
    return client.error();
  made.client = std::shared_ptr<exchange_port>(std::move(*client));
  return made;
}

}  // namespace sluice::actors
