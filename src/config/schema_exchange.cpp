// The keys of [exchange]: which venue, with which account, within which of its limits.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using exchange_settings = ::sluice::exchange::settings;

void describe_account(section_builder& b, settings& all) {
  auto& s = all.exchange;
  b.text(
      {"rest_url",
       "Where requests go: \"https://\" and a host. Must be given in every mode but demo; nothing "
       "is assumed, so that no venue is met by accident."},
      s.rest_url, "\"https://host\" or \"https://host:port\"; \"\" in mode demo");
  b.text({"stream_url", "Where streams come from: \"wss://\" and a host, without a path."},
         s.stream_url, "\"wss://host\" or \"wss://host:port\"; \"\" in mode demo");
  b.word({"user_stream_form",
          "How the user stream is asked for: routed_path \"/private/ws/KEY\" as documented, "
          "routed_query \"/private/ws?listenKey=KEY\", plain_path \"/ws/KEY\" and plain_query "
          "\"/ws?listenKey=KEY\" for a venue without routes. A wrong one opens and stays silent."},
         s.user_stream,
         {{"routed_path", ::sluice::exchange::user_stream_form::routed_path},
          {"routed_query", ::sluice::exchange::user_stream_form::routed_query},
          {"plain_path", ::sluice::exchange::user_stream_form::plain_path},
          {"plain_query", ::sluice::exchange::user_stream_form::plain_query}});
  b.word({"key_type",
          "How requests are signed: hmac with the venue's secret, ed25519 with our own key."},
         s.key,
         {{"hmac", ::sluice::exchange::key_type::hmac},
          {"ed25519", ::sluice::exchange::key_type::ed25519}});
  b.file({"api_key_file",
          "File that holds the API key, mode 0600. \"$CREDENTIALS_DIRECTORY/name\" takes it from "
          "systemd."},
         all.keys.api_key_file);
  b.file({"api_secret_file",
          "File that holds the secret (ed25519: the private key as PEM), mode "
          "0600."},
         all.keys.api_secret_file);
  b.file({"ca_file", "PEM file of the authorities to trust; \"\" for the system's own."},
         s.ca_file);
}

void describe_requests(section_builder& b, exchange_settings& s) {
  b.duration({"recv_window_reads",
              "How long after its timestamp the venue may answer a read. That of orders is "
              "executor.recv_window."},
             s.recv_window_reads, {milliseconds{100}, minutes{1}});
  b.duration({"connect_timeout", "For TCP and TLS together, within a request's own time."},
             s.connect_timeout, {milliseconds{100}, minutes{1}});
  b.integer({"connections_max", "Kept connections for requests; each carries one at a time."},
            s.connections_max, {1, 1'024});
  b.integer({"requests_waiting_max",
             "Requests waiting for a connection; beyond it a request fails at once."},
            s.requests_waiting_max, {1, 100'000});
  b.byte_size({"bytes_in_flight_max",
               "Replies and frames held at once, over all connections; one that does not fit is "
               "refused. A quarter is kept for exits."},
              s.bytes_in_flight_max, {8ULL * 1'024 * 1'024, 1'024ULL * 1'024 * 1'024});
  b.duration({"idle_connection_max",
              "A connection unused for longer is not used again: the venue may have closed it."},
             s.idle_connection_max, {milliseconds{100}, minutes{5}});
  b.duration({"clock_resync_every",
              "Between two measurements of the venue's clock, which signatures "
              "depend on."},
             s.clock_resync_every, {seconds{1}, hours{1}});
}

void describe_streams(section_builder& b, exchange_settings& s) {
  b.duration(
      {"listen_key_keep_alive",
       "Between two renewals of the user stream's key, which the venue forgets after an hour."},
      s.listen_key_keep_alive, {milliseconds{100}, minutes{55}});
  b.duration(
      {"reconnect_min", "First pause before a lost stream is opened again; doubles from there."},
      s.reconnect_min, {milliseconds{10}, minutes{1}});
  b.duration({"reconnect_max", "Longest such pause."}, s.reconnect_max,
             {milliseconds{10}, minutes{10}});
  b.duration({"stream_idle_timeout",
              "Silence after which a stream counts as lost; it is pinged after half of it."},
             s.stream_idle_timeout, {milliseconds{500}, minutes{10}});
  b.duration({"mark_silence_max",
              "Marks come every second: one that took longer does not count, and a stream without "
              "others is opened again. One of a wrong name is acknowledged and silent."},
             s.mark_silence_max, {milliseconds{100}, minutes{5}});
  b.duration({"stream_age_max",
              "Age at which a second connection takes over; the venue cuts one after 24 hours."},
             s.stream_age_max, {milliseconds{500}, minutes{24 * 60 - 10}});
  b.duration({"stream_overlap", "How long both connections run then."}, s.stream_overlap,
             {milliseconds{100}, minutes{1}});
}

void describe_weights(section_builder& b, exchange_settings& s) {
  b.integer({"weight_limit_1m", "Request weight a minute until the venue has named its own limit."},
            s.weight_limit_1m, {1, 10'000'000});
  b.integer(
      {"routine_pct_max",
       "Routine reads stop when the weight used has reached this part of the limit. Percent."},
      s.shares.routine_pct_max, {1, 100});
  b.integer({"verification_pct_max", "The same for reads that check a fill."},
            s.shares.verification_pct_max, {1, 100});
  b.integer({"entry_pct_max", "The same for reads that open plans wait for."},
            s.shares.entry_pct_max, {1, 100});
  b.integer({"exit_pct_max",
             "The same for reads that exits wait for, and the most we use of the limit at all. The "
             "25 percent above entry_pct_max are for exits alone. Of orders it is the same, and "
             "protective stops leave the upper half of these to exits."},
            s.shares.exit_pct_max, {1, 80});
}

/// The addresses matter only where they are used, and cross_check says when they are missing.
std::vector<setting_fault> check(const settings& all) {
  std::vector<setting_fault> found;
  for (auto& f : all.exchange.validate()) {
    const bool unset = (f.field == "rest_url" && all.exchange.rest_url.empty()) ||
                       (f.field == "stream_url" && all.exchange.stream_url.empty());
    constexpr std::string_view inner = "shares.";
    if (!unset)
      found.push_back(
          {f.field.starts_with(inner) ? f.field.substr(inner.size()) : f.field, f.text});
  }
  return found;
}

}  // namespace

section describe_exchange(settings& s) {
  section_builder b{"exchange",
                    "The connection to the venue. Mode demo brings its own and takes no "
                    "address or key file."};
  describe_account(b, s);
  describe_requests(b, s.exchange);
  describe_streams(b, s.exchange);
  describe_weights(b, s.exchange);
  b.validate([&s] { return check(s); });
  return std::move(b).take();
}

}  // namespace sluice::config
