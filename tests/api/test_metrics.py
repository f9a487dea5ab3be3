import urllib.request

from bench.processes import find_port


def test_metrics_are_off_unless_switched_on(client, problem):
    problem(client.get("/metrics"), 404)


def test_metrics_count_by_template_and_status(open_client, version):
    client = open_client(metrics=True)
    for name in ("RTX 3070", "GTX 970", " "):
        client.post("/v1/predict", json={"name": name})
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'gpu_kedro_requests_total{method="POST",path="/v1/predict",status="200"} 2.0' in lines
    assert 'gpu_kedro_requests_total{method="POST",path="/v1/predict",status="422"} 1.0' in lines
    assert 'gpu_kedro_requests_total{method="GET",path="unmatched",status="404"} 2.0' in lines
    assert 'gpu_kedro_request_seconds_bucket{le="+Inf",method="POST",path="/v1/predict"} 3.0' in lines
    assert 'gpu_kedro_request_seconds_count{method="POST",path="/v1/predict"} 3.0' in lines
    assert f'gpu_kedro_model_info{{version="{version}"}} 1.0' in lines


def test_metrics_have_a_port_of_their_own_where_one_is_named(open_client, problem):
    port = find_port()
    client = open_client(metrics=True, metrics_port=port)
    client.get("/nowhere")
    problem(client.get("/metrics"), 404)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b'gpu_kedro_requests_total{method="GET",path="unmatched",status="404"} 1.0' in answer.read()
