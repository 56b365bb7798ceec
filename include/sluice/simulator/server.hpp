// The simulated exchange on a loopback port: HTTPS and WSS around the venue, on a thread of its
// own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/simulator/faults.hpp"
#include "sluice/simulator/ledger.hpp"
#include "sluice/simulator/settings.hpp"
#include "sluice/simulator/venue.hpp"

namespace sluice::simulator {

/// Runs until destroyed or stopped. Every member may be called from any thread but the server's
/// own.
class server {
 public:
  /// Makes keys (where empty) and a certificate for localhost, 127.0.0.1 and ::1, binds and
  /// listens. Errors: out_of_range or invalid_value (settings), busy (port taken), io_failure.
  [[nodiscard]] static result<std::unique_ptr<server>> start(settings s);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Closes everything and ends the thread; harmless when repeated.
  void stop();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string rest_url() const;                ///< "https://127.0.0.1:40123".
  [[nodiscard]] std::string stream_url() const;              ///< "wss://127.0.0.1:40123".
  [[nodiscard]] const std::string& certificate_pem() const;  ///< The one to trust; signs itself.
  [[nodiscard]] const std::string& api_key() const;          ///< Of the main account.
  [[nodiscard]] const std::string& api_secret() const;       ///< Empty when it has an Ed25519 key.

  [[nodiscard]] result<void> set_mark(const symbol& s, price p, mark_pin pin = mark_pin::next_tick);
  [[nodiscard]] result<void> release_mark(const symbol& s);
  [[nodiscard]] std::optional<price> mark(const symbol& s) const;
  [[nodiscard]] result<ledger_order> trade(const symbol& s, side direction, quantity amount);
  [[nodiscard]] result<ledger_order> liquidate(const symbol& s);
  void set_latency(milliseconds latency);
  void add_fault(const fault& f);
  void clear_faults();
  /// While away, connections are reset: those there are, and new ones before their handshake.
  void go_offline();
  void go_online();

  [[nodiscard]] ledger books() const;
  [[nodiscard]] std::vector<transcript_entry> transcript() const;
  [[nodiscard]] std::vector<symbol> symbols() const;
  [[nodiscard]] std::size_t connections() const;  ///< Open now, streams included.

 private:
  struct impl;
  explicit server(std::unique_ptr<impl> p);
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::simulator
