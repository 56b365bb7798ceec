// A TLS server that plays the venue badly on purpose: scripted replies, resets, silence, half
// answers.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::test {

/// One request as it arrived.
struct seen_request {
  std::string method{};
  std::string target{};  ///< Path and query.
  std::string head{};    ///< Request line and headers.
  int connection{0};     ///< Counts accepted connections from 1.
};

/// A connection in the hands of a script.
class imposter_connection {
 public:
  imposter_connection(int descriptor, SSL* tls) : descriptor_(descriptor), tls_(tls) {}
  void write(const std::string& bytes);
  void reply(int status, const std::string& body, const std::string& headers = {});
  /// RST instead of FIN.
  void reset();
  /// FIN without a word.
  void hang_up();
  [[nodiscard]] bool open() const { return open_; }

 private:
  int descriptor_;
  SSL* tls_;
  bool open_{true};
};

using act = std::function<void(imposter_connection&, const seen_request&)>;

[[nodiscard]] act reply_with(int status, std::string body, std::string headers = {});
[[nodiscard]] act reply_in_chunks(std::string body);

/// A WebSocket that a client has opened; the test drives it.
class imposter_stream {
 public:
  void push(const std::string& text);
  /// Several frames in one write.
  void push(const std::vector<std::string>& texts);
  void drop();

 private:
  friend class imposter;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::deque<std::string> waiting_{};
  bool dropped_{false};
};

/// What is wrong with an imposter's TLS.
enum class tls_flaw { none, expired, old_version, by_unknown_authority };

/// Where an imposter listens.
struct listening_place {
  std::string address{"127.0.0.1"};
  int port{0};  ///< 0: any free one.
};

class imposter {
 public:
  /// Has a certificate made for this name or address.
  explicit imposter(const std::string& certified_for = "IP:127.0.0.1",
                    tls_flaw flaw = tls_flaw::none, const listening_place& at = {});
  imposter(const imposter&) = delete;
  imposter& operator=(const imposter&) = delete;
  ~imposter();

  [[nodiscard]] std::string rest_url() const;
  [[nodiscard]] std::string stream_url() const;
  [[nodiscard]] const std::string& ca_pem() const { return pem_; }

  /// Requests whose "METHOD /path" starts so are answered by these acts in turn; the last one
  /// stays. The longest start that fits decides.
  void when(const std::string& start, std::vector<act> acts);
  /// So many next connections are reset before TLS.
  void reset_connections(int count) { resets_ = count; }
  /// Connections from now on are taken, and no handshake of theirs is answered.
  void hang_at_handshakes(bool hangs) { hangs_ = hangs; }
  /// WebSocket upgrades are answered by 503 from now on.
  void refuse_streams(bool refused) { decline_streams(refused ? reply_with(503, "") : act()); }
  /// WebSocket upgrades are answered by this from now on; by what they ask for when it is empty.
  void decline_streams(act answer);
  /// WebSocket upgrades that were asked for, declined ones too.
  [[nodiscard]] int streams_asked() const { return streams_asked_; }

  /// For acts that hold an answer back until the test says go_on() (or the imposter ends).
  void wait_to_go_on();
  void go_on();

  [[nodiscard]] std::vector<seen_request> requests(const std::string& start);
  [[nodiscard]] int connections() const { return accepted_; }
  /// Of these, how many have not ended.
  [[nodiscard]] int open_connections() const { return accepted_ - ended_; }
  /// Connections that took up an earlier TLS session.
  [[nodiscard]] int resumed() const { return resumed_; }
  [[nodiscard]] int port() const { return port_; }
  /// Waits (at most 5 s) for the n-th stream whose target starts so; null when it does not come.
  [[nodiscard]] std::shared_ptr<imposter_stream> stream(const std::string& start, std::size_t n);

 private:
  void accept_all();
  void serve(int descriptor, int number);
  void answer(imposter_connection& connection, const seen_request& request);
  void run_stream(imposter_connection& connection, const seen_request& request);
  void make_certificate(const std::string& certified_for, tls_flaw flaw);

  SSL_CTX* context_{nullptr};
  std::string pem_{};
  int listener_{-1};
  int port_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<int> streams_asked_{0};
  std::atomic<int> resets_{0};
  std::atomic<bool> hangs_{false};
  std::atomic<int> accepted_{0};
  std::atomic<int> ended_{0};
  std::atomic<int> resumed_{0};
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool going_on_{false};
  std::map<std::string, std::deque<act>> acts_{};
  act declines_{};
  std::vector<seen_request> seen_{};
  std::vector<std::pair<std::string, std::shared_ptr<imposter_stream>>> streams_{};
  std::list<int> descriptors_{};
  std::list<std::thread> threads_{};
  std::thread acceptor_{};
};

}  // namespace sluice::test
