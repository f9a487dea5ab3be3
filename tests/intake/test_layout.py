import pytest
from tables import open_gpus, read_numbers, read_values, to_excel, to_parquet

from gpu_kedro.intake.errors import NoNameColumnError, TableFileError


@pytest.mark.parametrize(
    "header",
    [
        "GPU", "gpuName", "Name", "name", "GPU_NAME", "Graphics card", "graphics-card", "Grafikkarte", "Chipset",
        "Device", "Carte graphique", "显卡型号", "Видеокарта", "グラフィックボード", "Modele", " Video Card ",
        "GPU (installed)",
    ],
)  # fmt: skip
def test_headers_of_many_languages_name_the_column(header):
    table = open_gpus(f"id,{header},owner\n1,RTX 3060,me\n2,GTX 970,you\n".encode())
    assert table.columns[table.places["name"]] == header.strip()
    assert read_values(table, "name") == ["RTX 3060", "GTX 970"]


def test_a_column_without_a_known_header_is_found_by_its_cells():
    table = open_gpus(b"asset,installed,site\n1,RTX 3060,Bonn\n2,Quadro P620,Kiel\n")
    assert read_values(table, "name") == ["RTX 3060", "Quadro P620"]


def test_a_column_of_laptops_is_not_taken_for_gpus():
    table = open_gpus(b"Model,Built in\nThinkPad T480,UHD 620\nLatitude 5420,UHD 620\n")
    assert read_values(table, "name") == ["UHD 620", "UHD 620"]


def test_a_column_that_is_empty_in_most_rows_is_not_taken():
    table = open_gpus(b"GPU,Model\n,RTX 3060\n,GTX 970\nRTX 2060,GTX 980\n")
    assert read_values(table, "name") == ["RTX 3060", "GTX 970", "GTX 980"]


def test_a_sure_header_of_other_things_gives_way_to_cells_that_are_gpus():
    table = open_gpus(b"GPU,Card\n1,RTX 3060\n2,GTX 970\n")
    assert read_values(table, "name") == ["RTX 3060", "GTX 970"]


def test_where_no_cell_is_recognised_the_own_name_of_the_field_is_believed():
    assert read_values(open_gpus(b"model,name\nx1,qwertz\nx2,asdf\n"), "name") == ["qwertz", "asdf"]


@pytest.mark.parametrize("column", ["second", " SECOND ", "3"])
def test_a_person_chooses_by_header_or_number(column):
    table = open_gpus(b"id,GPU,Second\n1,RTX 3060,GTX 970\n", column)
    assert read_values(table, "name") == ["GTX 970"]


def test_a_chosen_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(NoNameColumnError, match="its columns are `id`, `GPU`") as caught:
        open_gpus(b"id,GPU\n1,RTX 3060\n", "card")
    assert caught.value.columns == ("id", "GPU")


def test_without_a_column_of_gpus_the_columns_are_told():
    with pytest.raises(NoNameColumnError, match="choose one with `column`, of `id`, `colour`"):
        open_gpus(b"id,colour\n1,red\n")


def test_a_specification_is_enough():
    assert read_values(open_gpus(b"spec_is_mobile,x\nyes,1\nno,2\n"), "spec_is_mobile") == [True, False]


def test_titles_and_blank_rows_are_seen_through_and_rows_keep_their_numbers():
    content = b"Inventory of ACME,,\n,,\nAs of May,,\n\nNo,GPU,Price\n1,RTX 3060,329\n\n,,\n2,GTX 970,99\n"
    table = open_gpus(content)
    assert (table.header_row, read_numbers(table)) == (5, [6, 9])
    assert read_values(table, "price_usd") == [329.0, 99.0]


@pytest.mark.parametrize(
    ("content", "names", "numbers"),
    [
        (b"RTX 3060\nGTX 1060, 6GB\nsomething else\n", ["RTX 3060", "GTX 1060, 6GB", "something else"], [1, 2, 3]),
        (b"1;RTX 3060;170\n2;GTX 970;145\n", ["RTX 3060", "GTX 970"], [1, 2]),
        (b"Our cards\n\n1;RTX 3060;170\n2;GTX 970;145\n", ["RTX 3060", "GTX 970"], [3, 4]),
    ],
)
def test_a_missing_header_is_seen_through(content, names, numbers):
    table = open_gpus(content)
    assert (table.header_row, read_numbers(table), read_values(table, "name")) == (0, numbers, names)
    assert table.columns[0] == "column 1"


def test_a_header_of_unknown_words_is_told_from_the_rows():
    table = open_gpus(b"Cards of mine\nRTX 3060\nGTX 970\n")
    assert (table.columns, table.header_row) == (("Cards of mine",), 1)


def test_a_word_that_repeats_in_its_column_is_no_header():
    table = open_gpus(b"Type,Item\nGPU,RTX 3060\nGPU,GTX 970\nGPU,RTX 2060\n")
    assert (table.header_row, read_values(table, "name")) == (1, ["RTX 3060", "GTX 970", "RTX 2060"])


def test_a_cover_sheet_is_passed_over():
    book = to_excel([["Fleet report"], ["by ACME"]], [["No", "Grafikkarte"], [1, "RTX 3060"]])
    table = open_gpus(book)
    assert (table.columns, read_values(table, "name")) == (("No", "Grafikkarte"), ["RTX 3060"])


def test_two_columns_with_the_name_of_a_field_are_refused():
    with pytest.raises(TableFileError, match="two columns `name`"):
        open_gpus(b"name,name\nRTX 3060,GTX 970\n")


def test_parquet_columns_are_found_alike():
    table = open_gpus(to_parquet(id=[1, 2], Karte=["RTX 3060", "GTX 970"], Preis=["1.299,00", None]))
    assert read_values(table, "name") == ["RTX 3060", "GTX 970"]
    assert read_values(table, "price_usd") == [1299.0, None]


def test_every_synonym_means_one_field_only():
    from gpu_kedro.intake.headers import read_synonyms

    meant = [text for groups in read_synonyms().values() for kind in groups for text in kind]
    assert sorted(text for text in set(meant) if meant.count(text) > 1) == []
    assert "" not in meant
