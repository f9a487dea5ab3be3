"""The front end: a Streamlit app over HTTP or over the serving code in process."""
